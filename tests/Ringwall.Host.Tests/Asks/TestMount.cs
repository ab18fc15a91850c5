using System.Diagnostics;

namespace Ringwall.Host.Tests.Asks;

/// <summary>A filesystem of the test's own, so that nothing else on the machine is ever asked about.</summary>
internal sealed class TestMount : IDisposable
{
    private readonly string _home;

    private TestMount(string home, string point)
    {
        _home = home;
        Point = point;
    }

    public string Point { get; }

    public static TestMount Tmpfs()
    {
        TestMount mount = Prepare();
        Run("mount", "-t", "tmpfs", "-o", "mode=777", "ringwall-test", mount.Point);
        return mount;
    }

    /// <summary>Skips the test where there are no loop devices.</summary>
    public static TestMount Ext4()
    {
        TestMount mount = Prepare();
        string image = Path.Combine(mount._home, "image");
        using (FileStream file = File.Create(image))
        {
            file.SetLength(16 << 20);
        }

        if (TryRun("mkfs.ext4", "-q", "-F", image) != 0 || TryRun("mount", "-o", "loop", image, mount.Point) != 0)
        {
            Directory.Delete(mount._home, recursive: true);
            Assert.Skip("needs a loop device and mkfs.ext4 (apt install e2fsprogs)");
        }

        File.SetUnixFileMode(mount.Point, (UnixFileMode)0x1FF);
        return mount;
    }

    /// <summary>A mount that somebody else made and ends.</summary>
    public static TestMount Existing(string point) => new(home: "", point);

    /// <summary>A file below the mount.</summary>
    public string this[string name] => Path.Combine(Point, name);

    /// <summary>Makes a file of the given owner; its times have come to rest when this returns.</summary>
    public string Write(string name, string content, int owner = 0, int mode = 0x1A4)
    {
        string path = this[name];
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, (UnixFileMode)mode);
        if (owner != 0)
        {
            Run("chown", $"{owner}:{owner}", path);
        }

        // A change time younger than a tick could hide a further change, so such a file's verdict would rightly not be remembered.
        DateTime changed = DateTime.UtcNow;
        while (DateTime.UtcNow - changed < TimeSpan.FromMilliseconds(60))
        {
            Thread.Sleep(5);
        }

        return path;
    }

    public void Dispose()
    {
        if (_home.Length == 0)
        {
            return;
        }

        _ = TryRun("umount", "-l", Point);
        Directory.Delete(_home, recursive: true);
    }

    public static void Run(string program, params string[] arguments)
    {
        int exit = TryRun(program, arguments);
        Assert.True(exit == 0, $"{program} {string.Join(' ', arguments)} ended with {exit}");
    }

    public static int TryRun(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    private static TestMount Prepare()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("needs root: it mounts a filesystem and asks the kernel for permission events");
        }

        string home = Directory.CreateTempSubdirectory("ringwall-test-").FullName;
        File.SetUnixFileMode(home, (UnixFileMode)0x1ED);
        string point = Path.Combine(home, "mount");
        Directory.CreateDirectory(point);
        return new TestMount(home, point);
    }
}
