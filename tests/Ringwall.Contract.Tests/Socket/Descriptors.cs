using System.Runtime.InteropServices;

namespace Ringwall.Contract.Tests.Socket;

/// <summary>What the kernel says about this process's descriptors.</summary>
internal static partial class Descriptors
{
    private const int RLIMIT_NOFILE = 7;

    /// <summary>How many are open, without those that earlier tests left to the finalizer.</summary>
    public static int Count
    {
        get
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return Directory.GetFiles("/proc/self/fd").Length;
        }
    }

    public static bool IsCloseOnExec(int descriptor)
    {
        string flags = File.ReadLines($"/proc/self/fdinfo/{descriptor}").Single(line => line.StartsWith("flags:", StringComparison.Ordinal));
        return (Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & 0x80000) != 0;
    }

    /// <summary>Runs with a limit of descriptors that leaves none.</summary>
    public static void WithoutRoom(Action body)
    {
        Assert.Equal(0, getrlimit(RLIMIT_NOFILE, out Limit before));
        int highest = Directory.GetFiles("/proc/self/fd").Max(path => int.Parse(Path.GetFileName(path)));
        List<FileStream> fill = [];
        Assert.Equal(0, setrlimit(RLIMIT_NOFILE, new Limit { Soft = (ulong)highest + 1, Hard = before.Hard }));
        try
        {
            while (true)
            {
                fill.Add(File.OpenRead("/proc/self/stat"));
            }
        }
        catch (IOException)
        {
            body();
        }
        finally
        {
            Assert.Equal(0, setrlimit(RLIMIT_NOFILE, in before));
            fill.ForEach(file => file.Dispose());
        }
    }

    [LibraryImport("libc")]
    private static partial int getrlimit(int resource, out Limit limit);

    [LibraryImport("libc")]
    private static partial int setrlimit(int resource, in Limit limit);

    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
