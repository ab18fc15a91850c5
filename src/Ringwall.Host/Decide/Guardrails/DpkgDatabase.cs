using System.Text;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Decide.Guardrails;

// Threads: any; one at a time reads.

/// <summary>
/// Reads what dpkg knows of its files' content: info/PACKAGE.md5sums, and the configuration files in status. dpkg(1), deb-md5sums(5), dpkg-divert(1). MD5 because dpkg has
/// nothing else: to put another file in an owned one's place, somebody would need a second file for a given digest, which nobody knows how to make.
/// </summary>
/// <param name="root">"/" but for tests.</param>
internal sealed class DpkgDatabase(string root)
{
    private const int LongestLine = 8192;
    private const int LongestList = 256 << 20;
    private readonly string _folder = Path.Join(root, "var/lib/dpkg");

    /// <summary>Another one after each change of what is installed.</summary>
    public FileIdentity Version => OpenFile.TryStat(StatusFile, out FileState state) ? state.Identity : default;

    private string StatusFile => Path.Join(_folder, "status");

    /// <summary>Everything. Takes some tenths of a second.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public PackageIndex Read()
    {
        Reading reading = new(root, ReadDiversions());
        string info = Path.Join(_folder, "info");
        if (Directory.Exists(info))
        {
            foreach (string sums in Directory.EnumerateFiles(info, "*.md5sums").Order(StringComparer.Ordinal))
            {
                ReadSums(reading, sums);
            }
        }

        ReadConfigurationFiles(reading);
        return reading.Index();
    }

    /// <summary>What is there of some packages now: one may have been upgraded since everything was read.</summary>
    public PackageIndex Read(IEnumerable<string> packages)
    {
        Reading reading = new(root, ReadDiversions());
        foreach (string sums in packages.Select(name => Path.Join(_folder, "info", $"{name}.md5sums")).Where(File.Exists))
        {
            ReadSums(reading, sums);
        }

        return reading.Index();
    }

    // DIGEST, two spaces, path without its first slash.
    private static void ReadSums(Reading reading, string file)
    {
        reading.Begin(Path.GetFileNameWithoutExtension(file));
        ReadOnlySpan<byte> rest = reading.Content(file);
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.Length is > 34 and < LongestLine)
            {
                reading.Add(line[34..], line[..32]);
            }
        }
    }

    // Package: NAME, then Conffiles: and on each following line, indented, path, digest and perhaps a word.
    private void ReadConfigurationFiles(Reading reading)
    {
        if (!File.Exists(StatusFile))
        {
            return;
        }

        bool within = false;
        foreach (string line in File.ReadLines(StatusFile))
        {
            if (line.StartsWith("Package: ", StringComparison.Ordinal))
            {
                reading.Begin(line["Package: ".Length..]);
                within = false;
            }
            else if (within && line.StartsWith(' '))
            {
                string[] words = line[1..].Split(' ');
                if (words.Length >= 2 && words[1].Length == 32 && words[0].StartsWith('/'))
                {
                    reading.Add(Encoding.UTF8.GetBytes(words[0][1..]), Encoding.ASCII.GetBytes(words[1]));
                }
            }
            else
            {
                within = line == "Conffiles:";
            }
        }
    }

    // Three lines each: the path that packages have, the path where it is, and the package that is not meant (":" for none).
    private Dictionary<string, (string To, string Except)> ReadDiversions()
    {
        string file = Path.Join(_folder, "diversions");
        Dictionary<string, (string To, string Except)> diverted = [];
        if (File.Exists(file))
        {
            foreach (string[] lines in File.ReadLines(file).Chunk(3).Where(lines => lines.Length == 3 && lines[0].StartsWith('/') && lines[1].StartsWith('/')))
            {
                diverted[lines[0]] = (lines[1], lines[2]);
            }
        }

        return diverted;
    }

    // Paths come sorted, so that what they begin with is looked up once for many files. Links further down than two folders are not followed: to look
    // up twenty thousand folders takes tens of megabytes, and packages' files lie behind links only where a whole top folder was moved.
    private sealed class Reading(string root, Dictionary<string, (string To, string Except)> diverted)
    {
        private readonly RealPaths _real = new(root);
        private readonly List<ulong> _paths = [];
        private readonly List<byte> _digests = [];
        private readonly List<ushort> _owners = [];
        private readonly List<string> _packages = [];
        private readonly HashSet<ulong> _diverted = [.. diverted.Keys.Select(path => PathHash.Of(Encoding.UTF8.GetBytes(path[1..])))];
        private byte[] _content = new byte[64 * 1024];
        private byte[] _top = [];
        private ulong _topHash;
        private bool _isSet;

        /// <summary>What is in a file; valid until the next.</summary>
        public ReadOnlySpan<byte> Content(string file)
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            int length = (int)Math.Min(stream.Length, LongestList);
            if (length > _content.Length)
            {
                _content = new byte[length * 2];
            }

            return _content.AsSpan(0, stream.ReadAtLeast(_content.AsSpan(0, length), length, throwOnEndOfStream: false));
        }

        public void Begin(string package)
        {
            if (_packages.Count == 0 || _packages[^1] != package)
            {
                _packages.Add(package);
            }
        }

        /// <param name="path">Without its first slash.</param>
        /// <param name="digest">32 hexadecimal digits.</param>
        public void Add(ReadOnlySpan<byte> path, ReadOnlySpan<byte> digest)
        {
            Span<byte> bytes = stackalloc byte[PackageIndex.DigestBytes];
            if (path.Contains((byte)0) || _packages.Count > ushort.MaxValue || Convert.FromHexString(digest, bytes, out _, out int written) != System.Buffers.OperationStatus.Done || written != bytes.Length)
            {
                return;
            }

            if (_diverted.Contains(PathHash.Of(path)) && Diverted(Encoding.UTF8.GetString(path)) is { } elsewhere)
            {
                path = elsewhere;
            }

            path = path.StartsWith("./"u8) ? path[2..] : path;
            int slash = path.LastIndexOf((byte)'/');
            ReadOnlySpan<byte> folder = path[..(slash + 1)];
            int top = TopOf(folder);
            if (!_isSet || !folder[..top].SequenceEqual(_top))
            {
                _top = folder[..top].ToArray();
                string real = _real.Of(Path.TrimEndingDirectorySeparator(Path.Join(root, Encoding.UTF8.GetString(_top))));
                _topHash = PathHash.Of(Encoding.UTF8.GetBytes(real.TrimEnd('/') + "/"));
                _isSet = true;
            }

            _paths.Add(PathHash.Continue(_topHash, path[top..]));
            _digests.AddRange(bytes);
            _owners.Add((ushort)(_packages.Count - 1));
        }

        public PackageIndex Index() => new([.. _paths], [.. _digests], [.. _owners], _packages);

        // How much of a folder its first two names take, with their slashes.
        private static int TopOf(ReadOnlySpan<byte> folder)
        {
            int first = folder.IndexOf((byte)'/') + 1;
            return first == 0 ? 0 : first + folder[first..].IndexOf((byte)'/') + 1;
        }

        // Names of packages of one of several architectures end with it.
        private byte[]? Diverted(string path) =>
            diverted.TryGetValue($"/{path}", out (string To, string Except) one) && one.Except != _packages[^1].Split(':')[0] ? Encoding.UTF8.GetBytes(one.To[1..]) : null;
    }
}
