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
    private readonly string _folder = Path.Join(root, "var/lib/dpkg");

    /// <summary>Another one after each change of what is installed.</summary>
    public FileIdentity Version => OpenFile.TryStat(StatusFile, out FileState state) ? state.Identity : default;

    private string StatusFile => Path.Join(_folder, "status");

    /// <summary>Everything. Takes some tenths of a second.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public PackageIndex Read()
    {
        string info = Path.Join(_folder, "info");
        return Read(Directory.Exists(info) ? [.. Directory.EnumerateFiles(info, "*.md5sums").Order(StringComparer.Ordinal)] : [], withStatus: File.Exists(StatusFile));
    }

    /// <summary>What is there of some packages now: one may have been upgraded since everything was read.</summary>
    public PackageIndex Read(IEnumerable<string> packages) =>
        Read([.. packages.Select(name => Path.Join(_folder, "info", $"{name}.md5sums")).Where(File.Exists)], withStatus: false);

    // Twice: counted first, so that one array of the right size is all that is ever made.
    private PackageIndex Read(IReadOnlyList<string> lists, bool withStatus)
    {
        using ByteLines lines = new();
        int most = 0;
        foreach (string file in withStatus ? lists.Append(StatusFile) : lists)
        {
            lines.Open(file);
            while (lines.TryRead(out ReadOnlySpan<byte> line))
            {
                most += MayBeEntry(line) ? 1 : 0;
            }
        }

        Reading reading = new(root, ReadDiversions(), most);
        foreach (string list in lists)
        {
            reading.Begin(Path.GetFileNameWithoutExtension(list));
            lines.Open(list);
            ReadSums(reading, lines);
        }

        if (withStatus)
        {
            lines.Open(StatusFile);
            ReadConfigurationFiles(reading, lines);
        }

        return reading.Index();
    }

    // In a list every entry begins with a digest, in the status with a blank and a path.
    private static bool MayBeEntry(ReadOnlySpan<byte> line) => line.Length > 34 && (char.IsAsciiHexDigit((char)line[0]) || line.StartsWith(" /"u8));

    // DIGEST, two spaces, path without its first slash.
    private static void ReadSums(Reading reading, ByteLines lines)
    {
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (line.Length > 34)
            {
                reading.Add(line[34..], line[..32]);
            }
        }
    }

    // Package: NAME, then Conffiles: and on each following line, indented, path, digest and perhaps a word.
    private static void ReadConfigurationFiles(Reading reading, ByteLines lines)
    {
        bool within = false;
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (line.StartsWith("Package: "u8))
            {
                reading.Begin(Encoding.UTF8.GetString(line["Package: ".Length..]));
                within = false;
            }
            else if (within && line.StartsWith(" "u8))
            {
                int blank = line[1..].IndexOf((byte)' ') + 1;
                ReadOnlySpan<byte> digest = blank > 0 ? line[(blank + 1)..] : default;
                digest = digest.IndexOf((byte)' ') is >= 0 and int more ? digest[..more] : digest;
                if (digest.Length == 32 && line[1] == '/')
                {
                    reading.Add(line[2..blank], digest);
                }
            }
            else
            {
                within = line.SequenceEqual("Conffiles:"u8);
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
    private sealed class Reading(string root, Dictionary<string, (string To, string Except)> diverted, int most)
    {
        private readonly RealPaths _real = new(root);
        private readonly List<string> _packages = [];
        private readonly HashSet<ulong> _diverted = [.. diverted.Keys.Select(path => PathHash.Of(Encoding.UTF8.GetBytes(path[1..])))];
        private readonly PackagedDigest[] _files = new PackagedDigest[most];
        private int _count;
        private byte[] _top = [];
        private ulong _topHash;
        private bool _isSet;

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
            if (_count == _files.Length || path.Contains((byte)0) || _packages.Count > ushort.MaxValue || Convert.FromHexString(digest, bytes, out _, out int written) != System.Buffers.OperationStatus.Done || written != bytes.Length)
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

            _files[_count++] = new PackagedDigest(PathHash.Continue(_topHash, path[top..]), PackageIndex.Digest(bytes), (ushort)(_packages.Count - 1));
        }

        public PackageIndex Index() => new(_files, _count, _packages);

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
