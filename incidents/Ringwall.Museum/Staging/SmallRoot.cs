namespace Ringwall.Museum.Staging;

/// <summary>
/// A filesystem of our own with a small system in it: loader, C library, shell, a few tools, the package manager, files to open. What runs in it (chroot) opens
/// and executes nothing outside.
/// </summary>
internal static class SmallRoot
{
    public const string Package = "/srv/museum-package.deb";
    public const int Files = 24;
    public const int Shortcuts = 6;
    public const int Papers = 300;

    private static readonly string[] Tools = ["bash", "sh", "cat", "ls", "true", "id", "rm", "tar", "dpkg", "dpkg-deb", "dpkg-query", "dpkg-split"];

    // Ringwall lies there, too: the command line is executed, both are opened.
    private static readonly string[] Ours = ["ringwall", "ringwall-keeper"];

    // dpkg looks for these; what they would do is nothing here.
    private static readonly string[] Stubs = ["ldconfig", "start-stop-daemon", "diff"];

    /// <summary>Where Ringwall's own programs are.</summary>
    public const string OurFolder = "/usr/lib/ringwall/bin";

    /// <summary>What a login, a package and a look around open again and again.</summary>
    public static readonly string[] Opened =
        ["/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/bin/bash", "/etc/passwd", "/usr/bin/dpkg", .. Ours.Select(program => $"{OurFolder}/{program}")];

    public static string FilePath(int number) => $"/home/ann/file-{number}";

    public static void Fill(string root)
    {
        foreach (string folder in (string[])["usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "usr/lib/ringwall/bin", "home/ann/papers", "tmp", "dev", "root", "etc", "srv/cue", "opt", "var/lib/dpkg/info", "var/lib/dpkg/updates", "var/log"])
        {
            Directory.CreateDirectory(Path.Combine(root, folder));
        }

        foreach (string link in (string[])["bin", "lib", "lib64", "sbin"])
        {
            File.CreateSymbolicLink(Path.Combine(root, link), $"usr/{link}");
        }

        CopyPrograms(root);
        File.WriteAllText(Path.Combine(root, "etc/profile"), "export PATH=/usr/bin:/usr/sbin\nfor f in /etc/profile.d/*; do [ -r \"$f\" ] && . \"$f\"; done\ncat /etc/release >/dev/null\n");
        File.WriteAllText(Path.Combine(root, "etc/release"), "RELEASE=1\n");
        File.WriteAllText(Path.Combine(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/bash\nann:x:1000:1000:Ann:/home/ann:/bin/bash\n");
        File.WriteAllText(Path.Combine(root, "etc/group"), "root:x:0:\nann:x:1000:\n");
        File.WriteAllText(Path.Combine(root, "root/.profile"), ". /etc/profile\n");
        File.WriteAllText(Path.Combine(root, "var/lib/dpkg/status"), "");
        File.WriteAllText(Path.Combine(root, "var/lib/dpkg/available"), "");
        _ = Tool.Must("cp", "-a", "/dev/null", "/dev/zero", "/dev/urandom", Path.Combine(root, "dev"));
        for (int i = 0; i < Files; i++)
        {
            File.WriteAllText(Path.Combine(root, FilePath(i)[1..]), $"A letter, number {i}.\n");
            File.WriteAllText(Path.Combine(root, $"home/ann/known-bad-{i}"), "What every good generation refuses.\n");
        }

        for (int i = 0; i < Shortcuts; i++)
        {
            File.WriteAllText(Path.Combine(root, $"home/ann/shortcut-{i}.desktop"), "[Desktop Entry]\n");
            File.WriteAllText(Path.Combine(root, $"srv/cue/packed-{i}"), "What nobody opens before the cue.\n");
        }

        for (int i = 0; i < Papers; i++)
        {
            File.WriteAllText(Path.Combine(root, $"home/ann/papers/paper-{i}"), $"Paper {i}.\n");
        }
    }

    private static void CopyPrograms(string root)
    {
        HashSet<string> libraries = [];
        foreach (string tool in Tools)
        {
            string path = $"/usr/bin/{tool}";
            string from = File.Exists(path) ? path : $"/bin/{tool}";
            Copy(root, File.Exists(from) ? from : throw new MuseumException($"this machine has no {tool}, which the machine at work uses; install it (Debian and Ubuntu have it)"), path);
            foreach (string line in Tool.Run("ldd", path).Out.Split('\n'))
            {
                if (line.Split(' ', '\t').FirstOrDefault(part => part.StartsWith('/')) is { } library)
                {
                    libraries.Add(library);
                }
            }
        }

        foreach (string library in libraries)
        {
            Copy(root, library, library.StartsWith("/usr", StringComparison.Ordinal) ? library : $"/usr{library}");
        }

        foreach (string stub in Stubs)
        {
            Copy(root, Programs.Nothing, $"/usr/sbin/{stub}");
        }

        foreach (string program in (string[])["/usr/bin/nothing", "/usr/bin/producer", "/usr/bin/consumer", .. Enumerable.Range(0, 5).Select(i => $"/home/ann/tool-{i}")])
        {
            Copy(root, Programs.Nothing, program);
        }

        foreach (string program in Ours)
        {
            Copy(root, Programs.Program(program), $"{OurFolder}/{program}");
        }

        TestPackage.Build(root + Package);
    }

    private static void Copy(string root, string from, string to)
    {
        string place = root + to;
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        if (!File.Exists(place))
        {
            File.Copy(new FileInfo(from).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? from, place);
            File.SetUnixFileMode(place, (UnixFileMode)0b111_101_101);
        }
    }
}
