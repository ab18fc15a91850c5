using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ringwall.Contract.Tests.Socket;

/// <summary>What the kernel says about this process's descriptors.</summary>
internal static partial class Descriptors
{
    private const int RLIMIT_NOFILE = 7;

    /// <summary>How many are open of all files. The runtime and the test runner open and close some of their own at any time.</summary>
    public static int Count => Directory.GetFiles("/proc/self/fd").Length;

    /// <summary>How many are open of this file, of which nobody but the test knows: what others open and close does not count.</summary>
    public static int Of(string path)
    {
        using SafeFileHandle one = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        string? name = Target($"/proc/self/fd/{one.DangerousGetHandle()}");
        return Directory.GetFiles("/proc/self/fd").Count(number => Target(number) == name) - 1;

        // Null when it was closed meanwhile.
        static string? Target(string number) => new FileInfo(number).LinkTarget;
    }

    public static bool IsCloseOnExec(int descriptor)
    {
        string flags = File.ReadLines($"/proc/self/fdinfo/{descriptor}").Single(line => line.StartsWith("flags:", StringComparison.Ordinal));
        return (Convert.ToInt32(flags["flags:".Length..].Trim(), 8) & 0x80000) != 0;
    }

    /// <summary>Runs with a limit of descriptors that leaves none; once more when somebody else of this process has closed one meanwhile.</summary>
    public static void WithoutRoom(Action body)
    {
        Assert.Equal(0, getrlimit(RLIMIT_NOFILE, out Limit before));
        int highest = Directory.GetFiles("/proc/self/fd").Max(path => int.Parse(Path.GetFileName(path)));
        List<FileStream> fill = [];
        Assert.Equal(0, setrlimit(RLIMIT_NOFILE, new Limit { Soft = (ulong)highest + 1, Hard = before.Hard }));
        try
        {
            _ = Fill(fill);
            do
            {
                body();
            }
            while (Fill(fill) > 0);
        }
        finally
        {
            Assert.Equal(0, setrlimit(RLIMIT_NOFILE, in before));
            fill.ForEach(file => file.Dispose());
        }
    }

    private static int Fill(List<FileStream> fill)
    {
        int before = fill.Count;
        try
        {
            while (true)
            {
                fill.Add(File.OpenRead("/proc/self/stat"));
            }
        }
        catch (IOException)
        {
            return fill.Count - before;
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
