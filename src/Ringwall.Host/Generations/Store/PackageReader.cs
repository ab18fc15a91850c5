// Owns:         nothing but its buffers; the stream is the caller's.
// Threads:      one.
// Bounds:       the archive is a stranger's. Between two files so many bytes and no more, of a file as many as package.json says, files as many as it names.
// Ordering:     package.json, which decides what may follow; then the files in any order; then nothing but zeros.

using System.Buffers;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Ringwall.Wire.Packages;

namespace Ringwall.Host.Generations.Store;

/// <summary>Reads a package: tar in gzip. What is in its files is not looked at: their sizes and digests are.</summary>
internal sealed class PackageReader : IDisposable
{
    /// <summary>What one file's headers may take: an extended header with a path and times has less than a kilobyte.</summary>
    public const int HeaderBytes = 64 * 1024;

    /// <summary>What may follow the last file: tar fills up with zeros.</summary>
    public const int TailBytes = 1024 * 1024;

    private const int Chunk = 128 * 1024;
    private const string Package = "the package";
    private const string Remedy = "docs/packages.md says what a package looks like";
    private readonly GZipStream _unpacked;
    private readonly MeteredStream _metered;
    private readonly TarReader _tar;
    private int _folders;

    /// <param name="package">The archive, from its first byte.</param>
    public PackageReader(Stream package)
    {
        _unpacked = new GZipStream(package, CompressionMode.Decompress, leaveOpen: true);
        _metered = new MeteredStream(_unpacked);
        _tar = new TarReader(_metered, leaveOpen: true);
    }

    /// <summary>Takes the bytes of one file. They are right only when <see cref="Unpack"/> has returned.</summary>
    /// <param name="file">Which one.</param>
    /// <param name="bytes">Of the file, <see cref="PackagedFile.Bytes"/> of them in all; empty when that was all.</param>
    public delegate void Sink(PackagedFile file, ReadOnlySpan<byte> bytes);

    /// <summary>Reads the manifest, which a package begins with. Call first, and once.</summary>
    /// <param name="digest">SHA-256 of package.json.</param>
    /// <exception cref="StoreException">It is no package, or its manifest is wrong.</exception>
    public PackageManifest ReadManifest(out string digest)
    {
        if (Next(out string name) is not { } entry || name != PackageManifest.FileName)
        {
            throw Refused(StoreFault.Manifest, name.Length == 0 ? Package : Shown(name), $"a package begins with {PackageManifest.FileName}");
        }

        if (entry.Length > PackageLimits.ManifestBytes)
        {
            throw Refused(StoreFault.TooMuch, PackageManifest.FileName, $"it has {entry.Length:N0} bytes, and at most {PackageLimits.ManifestBytes:N0} are read");
        }

        byte[] text = new byte[entry.Length];
        int at = 0;
        _metered.Allow(text.Length);
        while (at < text.Length && Read(entry, text.AsSpan(at)) is > 0 and int count)
        {
            at += count;
        }

        if (at < text.Length)
        {
            throw Refused(StoreFault.Unreadable, Package, "it is broken off");
        }

        digest = Convert.ToHexStringLower(SHA256.HashData(text));
        return PackageManifestFile.Parse(text);
    }

    /// <summary>Reads all files, each once.</summary>
    /// <exception cref="StoreException">The archive is not what its manifest says. What the sink was given is worth nothing then.</exception>
    public void Unpack(PackageManifest manifest, Sink sink)
    {
        Dictionary<string, PackagedFile> wanted = manifest.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        HashSet<string> seen = new(StringComparer.Ordinal) { PackageManifest.FileName };
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            while (Next(out string name) is { } entry)
            {
                if (!seen.Add(name))
                {
                    throw Refused(StoreFault.Duplicate, Shown(name), "it is there twice");
                }

                if (!wanted.Remove(name, out PackagedFile? file))
                {
                    throw PackagePath.Fault(name) is { } fault
                        ? Refused(StoreFault.Path, Shown(name), fault)
                        : Refused(StoreFault.Undeclared, Shown(name), $"{PackageManifest.FileName} does not name it");
                }

                Take(entry, file, sink, buffer);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (wanted.Count > 0)
        {
            throw Refused(StoreFault.Missing, wanted.Keys.Order(StringComparer.Ordinal).First(), "the package does not have it");
        }

        RefuseMore();
    }

    public void Dispose()
    {
        _tar.Dispose();
        _metered.Dispose();
        _unpacked.Dispose();
    }

    private void Take(TarEntry entry, PackagedFile file, Sink sink, byte[] buffer)
    {
        if (entry.Length != file.Bytes)
        {
            throw Refused(StoreFault.Digest, file.Path, $"it has {entry.Length:N0} bytes, and {PackageManifest.FileName} says {file.Bytes:N0}");
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long left = file.Bytes;
        _metered.Allow(left);
        while (left > 0)
        {
            int count = Read(entry, buffer.AsSpan(0, (int)Math.Min(Chunk, left)));
            if (count == 0)
            {
                throw Refused(StoreFault.Unreadable, Package, "it is broken off");
            }

            hash.AppendData(buffer, 0, count);
            sink(file, buffer.AsSpan(0, count));
            left -= count;
        }

        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != file.Sha256)
        {
            throw Refused(StoreFault.Digest, file.Path, $"its bytes are not those that {PackageManifest.FileName} gives the digest of");
        }

        sink(file, []);
    }

    // The next file; folders are passed over, as they follow from the files in them.
    private TarEntry? Next(out string name)
    {
        while (true)
        {
            TarEntry? entry = Guarded(() =>
            {
                _metered.Allow(HeaderBytes);
                return _tar.GetNextEntry();
            });
            if (entry is null)
            {
                name = "";
                return null;
            }

            name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
            switch (entry.EntryType)
            {
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                    return entry;
                case TarEntryType.Directory:
                    RefuseStray(name, entry.Length);
                    break;
                default:
                    throw Refused(StoreFault.Kind, Shown(name), $"a package has files and folders, and this is a {entry.EntryType}");
            }
        }
    }

    private void RefuseStray(string folder, long length)
    {
        string path = folder.TrimEnd('/');
        if (path is not ("" or "." or PackagePath.Engine or PackagePath.Content) && PackagePath.Fault(path) is { } fault)
        {
            throw Refused(StoreFault.Path, Shown(folder), fault);
        }

        if (length != 0 || ++_folders > PackageLimits.Files)
        {
            throw Refused(StoreFault.TooMuch, Shown(folder), $"a folder has no bytes, and a package at most {PackageLimits.Files:N0} of them");
        }
    }

    private void RefuseMore()
    {
        Span<byte> rest = stackalloc byte[4096];
        for (int total = 0; ;)
        {
            _metered.Allow(rest.Length);
            int count = Guarded(rest, static (reader, into) => reader._metered.Read(into));
            if (count == 0)
            {
                return;
            }

            total += count;
            if (total > TailBytes || rest[..count].ContainsAnyExcept((byte)0))
            {
                throw Refused(StoreFault.TooMuch, Package, "something follows its end");
            }
        }
    }

    private int Read(TarEntry entry, Span<byte> into) => Guarded(into, (_, buffer) => entry.DataStream?.Read(buffer) ?? 0);

    private T Guarded<T>(Func<T> read) => Guarded([], (_, _) => read());

    // The library says in many ways that bytes make no sense. A header that claims gigabytes for itself may ask for more memory than there is: nothing was lost then.
    private T Guarded<T>(Span<byte> into, Func<PackageReader, Span<byte>, T> read)
    {
        try
        {
            return read(this, into);
        }
        catch (Exception broken) when (broken is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or OverflowException
            or InvalidOperationException or NotSupportedException or OutOfMemoryException)
        {
            throw Refused(StoreFault.Unreadable, Package, $"it cannot be read as tar in gzip: {broken.Message.TrimEnd('.')}");
        }
    }

    private static string Shown(string name)
    {
        bool cut = false;
        return Findings.CleanText.From(name, PackageLimits.PathBytes, ref cut);
    }

    private static StoreException Refused(StoreFault fault, string thing, string reason) => new(fault, thing, reason, Remedy);
}
