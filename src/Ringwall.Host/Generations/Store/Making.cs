using System.Text.Json;
using Ringwall.Host.Configuration;
using Ringwall.Host.Sandboxes;
using Ringwall.Wire.Packages;

namespace Ringwall.Host.Generations.Store;

/// <summary>One generation from its package to its place in the store. It is made under a name that nobody looks for; what fails leaves nothing.</summary>
internal sealed class Making(SensorShelf shelf, HostConfiguration configuration, TimeProvider clock)
{
    private readonly string _folder = Path.Combine(shelf.Folder, ".new");

    public Generation Make(PackageReader reader, PackageManifest manifest, string digest, ReleaseOrigin? release, out bool isNew)
    {
        shelf.Refresh();

        // Whoever is in service stays there or becomes the fallback meanwhile: neither is removed.
        Generation? before = shelf.InService;
        PackageManifest whole = Complete(manifest, before);
        IReadOnlyList<SchemaName> reads = whole.Engine?.Reads ?? [];
        if (configuration.Has(Guard.Schema) && SchemaCheck.Refusal(whole.Engine?.Version ?? "", reads, whole.Content) is { } mismatch)
        {
            bool isItsOwn = manifest is { Engine: not null, Content: not null } || (manifest.Content is { } brought && SchemaCheck.Fault(brought) is not null);
            throw new StoreException(isItsOwn ? StoreFault.Schema : StoreFault.Unfit, Thing(manifest), mismatch, "ask the vendor for the content of this engine, or install both in one package");
        }

        RefuseWithoutRoom(manifest, whole);
        try
        {
            Discard();
            Place(reader, manifest, before, ref whole);
            CheckEngine(whole, reads);
            GenerationRecord record = new() { Number = shelf.Next, Installed = clock.GetUtcNow(), Package = digest, Release = release?.Path, Manifest = whole };
            string pair = record.Digest();
            if (shelf.Same(pair) is { } same)
            {
                isNew = false;
                return same.State != GenerationState.Refused ? same : throw new StoreException(
                    StoreFault.Refused, Thing(manifest), $"it is generation {same.Number}, which is refused: {same.Why}",
                    $"install a newer release, or `ringwall promote {same.Sensor} {same.Number}` if you know better");
            }

            using (FileStream file = StoreFiles.Create(Path.Combine(_folder, GenerationRecord.FileName), executable: false))
            {
                JsonSerializer.Serialize(file, record, StoreJson.Default.GenerationRecord);
                file.Flush(flushToDisk: true);
            }

            StoreFiles.FlushTree(_folder);
            isNew = true;
            return shelf.Add(_folder, record.Number);
        }
        finally
        {
            TryDiscard();
        }
    }

    private static string Thing(PackageManifest manifest) => $"{manifest.Sensor} {manifest.Version}";

    // What the package lacks is the base's. An engine of number 0 is known by its sensor.json alone; its files are listed when they are copied.
    private PackageManifest Complete(PackageManifest manifest, Generation? before)
    {
        PackageManifest? from = before is { Number: > 0 } ? shelf.RecordOf(before.Number).Manifest : null;
        if (manifest.Engine is not null)
        {
            return manifest.Content is not null ? manifest : manifest with { Content = from?.Content };
        }

        if (from is not null)
        {
            return manifest with { Engine = from.Engine };
        }

        if (before is null)
        {
            throw new StoreException(StoreFault.Unfit, Thing(manifest), "it brings content only, and no engine is in service", "install a package with the engine first, and promote it");
        }

        SensorManifest zero = SensorManifestFile.Read(before.Engine, out IReadOnlyList<ConfigurationProblem> problems) ?? throw new StoreException(
            StoreFault.Unfit, problems[0].Thing, problems[0].Reason, problems[0].Remedy);
        return manifest with { Engine = new PackagedEngine { Version = zero.Version, Reads = zero.Reads } };
    }

    private void RefuseWithoutRoom(PackageManifest manifest, PackageManifest whole)
    {
        long needed = manifest.Files.Sum(file => file.Bytes);
        StoreFiles.MakeFolder(shelf.Folder);
        long free = new DriveInfo(shelf.Folder).AvailableFreeSpace;
        if (free < needed + GenerationStore.RoomLeft)
        {
            throw new StoreException(
                StoreFault.Disk, Thing(whole), $"it takes {needed:N0} bytes, and of the {free:N0} that are free {GenerationStore.RoomLeft:N0} are for others", $"make room on the disk of {shelf.Folder}");
        }
    }

    private void Place(PackageReader reader, PackageManifest manifest, Generation? before, ref PackageManifest whole)
    {
        StoreFiles.MakeReadableFolder(_folder);
        FileStream? open = null;
        try
        {
            reader.Unpack(manifest, (file, bytes) =>
            {
                open ??= Create(file);
                open.Write(bytes);
                if (bytes.IsEmpty)
                {
                    open.Flush(flushToDisk: true);
                    open.Dispose();
                    open = null;
                }
            });
        }
        finally
        {
            open?.Dispose();
        }

        if (manifest.Engine is null)
        {
            TakeOver(before!.Engine, PackagePath.Engine, Known(before, PackagePath.IsEngine), ref whole);
        }
        else if (manifest.Content is null && whole.Content is not null)
        {
            TakeOver(Path.Combine(shelf.FolderOf(before!.Number), PackagePath.Content), PackagePath.Content, Known(before, PackagePath.IsContent), ref whole);
        }
    }

    private FileStream Create(PackagedFile file)
    {
        string path = Path.Combine(_folder, file.Path);
        MakeFolders(Path.GetDirectoryName(path)!);
        return StoreFiles.Create(path, file.Executable);
    }

    // Below the new folder, which is flushed whole when it is complete.
    private static void MakeFolders(string path)
    {
        if (!Directory.Exists(path))
        {
            MakeFolders(Path.GetDirectoryName(path)!);
            StoreFiles.MakeReadableFolder(path);
        }
    }

    private Dictionary<string, PackagedFile>? Known(Generation before, Func<string, bool> half) => before.Number == 0
        ? null
        : shelf.RecordOf(before.Number).Manifest.Files.Where(file => half(file.Path)).ToDictionary(file => file.Path);

    // Copied, not linked: a generation shares no file with another, so that what damages one leaves its fallback alone.
    private void TakeOver(string from, string under, Dictionary<string, PackagedFile>? known, ref PackageManifest whole)
    {
        List<PackagedFile> files = [.. whole.Files];
        long bytes = files.Sum(file => file.Bytes);
        try
        {
            foreach ((string name, FileInfo file) in StoreFiles.List(from))
            {
                string path = $"{under}/{name}";
                bool executable = (file.UnixFileMode & UnixFileMode.UserExecute) != 0;
                bytes += file.Length;
                if (PackagePath.Fault(path) is { } fault || bytes > PackageLimits.Bytes || files.Count == PackageLimits.Files)
                {
                    throw Not(from, $"{path} cannot be taken over: {PackagePath.Fault(path) ?? "together that is more than a package may have"}");
                }

                PackagedFile copy = new() { Path = path, Bytes = file.Length, Sha256 = "", Executable = executable };
                using (FileStream to = Create(copy))
                {
                    copy = StoreFiles.Digest(file.FullName, path, executable, to);
                    to.Flush(flushToDisk: true);
                }

                if (known is not null && known.GetValueOrDefault(path) != copy)
                {
                    throw new StoreException(StoreFault.Damaged, file.FullName, "it is not what was installed", "promote another generation, or install engine and content in one package");
                }

                files.Add(copy);
            }
        }
        catch (InvalidDataException odd)
        {
            throw Not(from, odd.Message);
        }

        if (known is not null && files.Count(file => known.ContainsKey(file.Path)) != known.Count)
        {
            throw new StoreException(StoreFault.Damaged, from, "files are gone from it", "promote another generation, or install engine and content in one package");
        }

        whole = whole with { Files = files };
    }

    private static StoreException Not(string folder, string reason) => new(StoreFault.Unfit, folder, reason, "install a package with engine and content");

    private void CheckEngine(PackageManifest whole, IReadOnlyList<SchemaName> reads)
    {
        SensorManifest? sensor = SensorManifestFile.Read(Path.Combine(_folder, PackagePath.Engine), out IReadOnlyList<ConfigurationProblem> problems);
        string file = $"{PackagePath.Engine}/{SensorManifest.FileName}";
        string? wrong = sensor switch
        {
            null => string.Join("; ", problems.Select(problem => $"{problem.Thing[(problem.Thing.LastIndexOf(": ", StringComparison.Ordinal) + 1)..].Trim()}: {problem.Reason}")),
            _ when sensor.Name != whole.Sensor => $"it is for {sensor.Name}, and the package for {whole.Sensor}",
            _ when sensor.Version != whole.Engine!.Version => $"it says version {sensor.Version}, and {PackageManifest.FileName} {whole.Engine.Version}",
            _ when sensor.Vendor.Length > 0 && whole.Vendor.Length > 0 && sensor.Vendor != whole.Vendor => $"{sensor.Vendor} makes it, and {whole.Vendor} the package",
            _ when sensor.Reads.Count > 0 && !sensor.Reads.ToHashSet().SetEquals(reads) => $"it reads other schemas than {PackageManifest.FileName} says",
            _ when !whole.Files.Any(one => one.Executable && one.Path == $"{PackagePath.Engine}/{sensor.Executable}") => $"its program {sensor.Executable} is not in the package, or not executable",
            _ => null,
        };
        if (wrong is not null)
        {
            throw new StoreException(StoreFault.Engine, file, wrong, "ask the vendor");
        }
    }

    private void Discard()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private void TryDiscard()
    {
        try
        {
            Discard();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // It has no name that anybody looks for, and goes when the store is opened next.
        }
    }
}
