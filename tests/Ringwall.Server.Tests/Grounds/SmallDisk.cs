using System.Diagnostics;

namespace Ringwall.Server.Tests.Grounds;

/// <summary>A filesystem of eight megabytes that a test can fill. Without root the test is skipped by name.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    /// <summary>The connection string of a SQLite database there.</summary>
    public string Database => $"Data Source={Path.Combine(_folder, "fleet.db")}";

    private string Filler => Path.Combine(_folder, "filler");

    public static async Task<SmallDisk> MountAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a small filesystem of its own needs root");
        SmallDisk disk = new(Directory.CreateTempSubdirectory("ringwall-full-").FullName);
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk._folder);
        return disk;
    }

    /// <summary>Takes all room that is left.</summary>
    public void Fill()
    {
        using FileStream filler = new(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] page = new byte[4096];
        try
        {
            while (true)
            {
                filler.Write(page);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void MakeRoom() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        // Lazily: a pooled connection may close a moment later.
        await RunAsync("umount", "-l", _folder);
        Directory.Delete(_folder);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(0, process.ExitCode);
    }
}
