// Owns:     a private folder, the tmpfs mounted in it, the compiled C programs. Disposing takes all away.
// Ordering: sides are stopped before the workshop is disposed.
namespace Ringwall.Bench.Running;

/// <summary>Where a bench works: one guarded tmpfs with the files that are asked about, and the tools.</summary>
internal sealed class Workshop : IDisposable
{
    private const int Files = 16;

    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-bench-").FullName;
    private readonly List<string> _mounts = [];

    public Workshop(BenchOptions options)
    {
        Options = options;
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        if (Environment.UserName != "root")
        {
            throw new BenchException("permission events need root; run ./rw bench, which asks for it");
        }

        LeaveOtherTmpfs();
        Tools = Path.Combine(options.Root, "artifacts", "bench", "tools");
        Directory.CreateDirectory(Tools);
        Field = NewFolder("field");
        Tool.Require("mount", "-t", "tmpfs", "-o", "mode=755", "ringwall-bench", Field);
        _mounts.Add(Field);
        FillField();
    }

    public BenchOptions Options { get; }

    /// <summary>The guarded tmpfs.</summary>
    public string Field { get; }

    /// <summary>Compiled C programs.</summary>
    public string Tools { get; }

    /// <summary>Binaries as they are shipped: bin/ and sensors/NAME/.</summary>
    public string Published => Path.Combine(Options.Root, "artifacts", "publish");

    /// <summary>The command line, as it is shipped.</summary>
    public string CommandLine => Path.Combine(Published, "bin", "ringwall");

    /// <summary>Small files that root alone can write, then the same for files that everybody can write.</summary>
    public IReadOnlyList<string> OpenFiles(bool writable) => [.. Enumerable.Range(0, Files).Select(i => Path.Combine(Field, $"{(writable ? "all" : "root")}-{i}"))];

    /// <summary>The program that does nothing.</summary>
    public string Program(bool writable) => Path.Combine(Field, writable ? "nop-all" : "nop-root");

    public string NewFolder(string name)
    {
        string folder = Path.Combine(_folder, name);
        Directory.CreateDirectory(folder);
        return folder;
    }

    public void Bind(string from, string onto)
    {
        Directory.CreateDirectory(onto);
        Tool.Require("mount", "--bind", from, onto);
        _mounts.Add(onto);
    }

    /// <summary>Compiles a program of bench/c unless what is there is younger than its sources. Returns where it lies.</summary>
    public string Compiled(string name, params string[] options)
    {
        string sources = Path.Combine(Options.Root, "bench", "c");
        string made = Path.Combine(Tools, name);
        DateTime youngest = Directory.EnumerateFiles(sources).Max(File.GetLastWriteTimeUtc);
        if (!File.Exists(made) || File.GetLastWriteTimeUtc(made) < youngest)
        {
            if (name.EndsWith(".bpf.o", StringComparison.Ordinal))
            {
                Tool.Require("clang", "-O2", "-g", "-target", "bpf", "-I/usr/include/x86_64-linux-gnu", "-c", Path.Combine(sources, name[..^2] + ".c"), "-o", made);
            }
            else
            {
                Tool.Require("gcc", ["-O2", "-Wall", "-Wextra", "-o", made, Path.Combine(sources, name + ".c"), .. options]);
            }
        }

        return made;
    }

    public void Dispose()
    {
        for (int i = _mounts.Count - 1; i >= 0; i--)
        {
            _ = Tool.Run("umount", "-l", _mounts[i]);
        }

        Directory.Delete(_folder, recursive: true);
    }

    // In our own mount namespace (bench/run sees to that), so that a peer that watches every tmpfs watches ours alone.
    private static void LeaveOtherTmpfs()
    {
        if (Tool.Run("readlink", "/proc/1/ns/mnt").Output == Tool.Run("readlink", "/proc/self/ns/mnt").Output)
        {
            throw new BenchException("start it through bench/run: it needs a mount namespace of its own");
        }

        foreach (string line in File.ReadAllLines("/proc/self/mounts").Reverse())
        {
            string[] parts = line.Split(' ');
            if (parts[2] == "tmpfs")
            {
                _ = Tool.Run("umount", "-l", parts[1]);
            }
        }
    }

    private void FillField()
    {
        byte[] content = new byte[8192];
        new Random(1).NextBytes(content);
        string nop = Compiled("nop", "-static");
        foreach (bool writable in (bool[])[false, true])
        {
            UnixFileMode write = writable ? UnixFileMode.GroupWrite | UnixFileMode.OtherWrite : 0;
            foreach (string file in OpenFiles(writable))
            {
                File.WriteAllBytes(file, content);
                File.SetUnixFileMode(file, (UnixFileMode)0b110_100_100 | write);
            }

            File.Copy(nop, Program(writable));
            File.SetUnixFileMode(Program(writable), (UnixFileMode)0b111_101_101 | write);
        }
    }
}
