// Owns:     STATE/generations: one folder for each sensor that the configuration names. Others' folders are left alone.
// Threads:  any. Questions are answered from memory; orders write to the disk and wait for it; one installation at a time.
// Ordering: whatever is seen here is on the disk. A crash between two steps leaves the store as it was before an order or as it is after it.

using System.Text.Json;
using Ringwall.Host.Configuration;
using Ringwall.Host.Sandboxes;
using Ringwall.Wire.Packages;

namespace Ringwall.Host.Generations.Store;

/// <summary>
/// All generations of all sensors, what they are to their sensors, and how new ones get in. Nothing in an engine or a content is looked at but sizes and digests; sensor.json
/// and package.json are read as data. Orders throw <see cref="StoreException"/> when they are refused and IOException when the disk fails; either way the store is whole.
/// </summary>
internal sealed class GenerationStore
{
    public const string FolderName = "generations";

    /// <summary>What must stay free on the disk for everybody else, besides what a package takes.</summary>
    public const long RoomLeft = 64L * 1024 * 1024;

    private readonly HostConfiguration _configuration;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, SensorShelf> _shelves;
    private readonly Lock _installing = new();

    private GenerationStore(HostConfiguration configuration, TimeProvider clock)
    {
        _configuration = configuration;
        _clock = clock;
        Folder = Path.Combine(configuration.StateDirectory, FolderName);
        _shelves = configuration.Sensors.ToDictionary(sensor => sensor.Name, sensor => new SensorShelf(Folder, sensor, clock), StringComparer.Ordinal);
    }

    public string Folder { get; }

    /// <summary>Those that the configuration names.</summary>
    public IReadOnlyCollection<string> Sensors => _shelves.Keys;

    /// <summary>What was found damaged, one line each. The store goes on with what is whole.</summary>
    public IReadOnlyList<string> Problems => [.. _shelves.Values.SelectMany(shelf => shelf.Problems)];

    /// <summary>Reads the store, and takes away what a crash left half made.</summary>
    /// <param name="configuration">Names the state directory, the sensors, and what is kept. The directory need not exist.</param>
    /// <param name="clock">The time of installations and refusals.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    public static GenerationStore Open(HostConfiguration configuration, TimeProvider? clock = null) => new(configuration, clock ?? TimeProvider.System);

    /// <summary>In the order of their numbers; empty when the configuration names no such sensor.</summary>
    public IReadOnlyList<Generation> Of(string sensor) => _shelves.GetValueOrDefault(sensor)?.All ?? [];

    /// <summary>Null when nothing is: the configuration names no folder, and nothing was promoted.</summary>
    public Generation? InService(string sensor) => _shelves.GetValueOrDefault(sensor)?.InService;

    /// <summary>Where <see cref="FallBack"/> returns to; null when there is none.</summary>
    public Generation? Fallback(string sensor) => _shelves.GetValueOrDefault(sensor)?.Fallback;

    /// <summary>The number that an operator holds the sensor at, or null.</summary>
    public long? Pinned(string sensor) => _shelves.GetValueOrDefault(sensor)?.Pinned;

    /// <summary>Makes a generation of a package. It waits; nothing about the one in service changes.</summary>
    /// <param name="package">The archive, from its first byte.</param>
    /// <param name="sensor">Which of the configuration's sensors it is for; null for the one that is called as the package says.</param>
    /// <param name="isNew">False: these very bytes were there already, as the generation that is returned.</param>
    /// <param name="release">The signed release that brings it, and what its package has to be; null for a person's.</param>
    public Generation Install(Stream package, string? sensor, out bool isNew, ReleaseOrigin? release = null)
    {
        lock (_installing)
        {
            using PackageReader reader = new(package);
            PackageManifest manifest = reader.ReadManifest(out string digest);
            release?.RequireFit(manifest);
            string name = sensor ?? manifest.Sensor;
            SensorShelf shelf = _shelves.GetValueOrDefault(name) ?? throw NotConfigured(name);
            return new Making(shelf, _configuration, _clock).Make(reader, manifest, digest, release, out isNew);
        }
    }

    /// <summary>Compares a generation's files with what they were when it was installed. Number 0 is not the store's, and is taken as it is.</summary>
    /// <exception cref="StoreException">They are not the same, as <see cref="StoreFault.Damaged"/>.</exception>
    public void Verify(Generation generation)
    {
        if (generation.Number == 0 || !_configuration.Has(Guard.Digests))
        {
            return;
        }

        SensorShelf shelf = Shelf(generation.Sensor);
        IReadOnlyDictionary<string, PackagedFile> wanted = shelf.RecordOf(generation.Number).Manifest.Files.ToDictionary(file => file.Path);
        string folder = shelf.FolderOf(generation.Number);
        try
        {
            int found = 0;
            foreach ((string path, FileInfo file) in StoreFiles.List(folder).Where(entry => entry.Path != GenerationRecord.FileName))
            {
                if (!wanted.TryGetValue(path, out PackagedFile? was))
                {
                    throw Damaged(generation, path, "it was not installed");
                }

                bool executable = (file.UnixFileMode & UnixFileMode.UserExecute) != 0;
                if (file.Length != was.Bytes || executable != was.Executable || StoreFiles.Digest(file.FullName, path, executable) != was)
                {
                    throw Damaged(generation, path, "it is not what was installed");
                }

                found++;
            }

            if (found != wanted.Count)
            {
                throw Damaged(generation, wanted.Keys.First(path => !File.Exists(Path.Combine(folder, path))), "it is gone");
            }
        }
        catch (Exception odd) when (odd is InvalidDataException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw Damaged(generation, folder, odd.Message);
        }
    }

    /// <summary>From now on this one is in service, and the one that was is the fallback.</summary>
    public void Promote(string sensor, long number) => Shelf(sensor).Promote(number);

    /// <summary>The one in service is refused, and the fallback is in service again.</summary>
    public void FallBack(string sensor, string why) => Shelf(sensor).FallBack(why);

    /// <summary>It is not promoted until it is forgiven. Not for the one in service.</summary>
    public void Refuse(string sensor, long number, string why) => Shelf(sensor).Refuse(number, why);

    /// <summary>A person's word that a refused one may be promoted.</summary>
    public void Forgive(string sensor, long number) => Shelf(sensor).Forgive(number);

    /// <summary>It passed its trial; a promotion need not try it again.</summary>
    public void Pass(string sensor, long number) => Shelf(sensor).Pass(number);

    /// <summary>Holds the sensor at the one in service: no other is promoted. Falling back from it lets go. Null lets go.</summary>
    public void Pin(string sensor, long? number) => Shelf(sensor).Pin(number);

    /// <summary>Removes old generations by count and size; never the one in service, its fallback, a pinned one or the newest that waits.</summary>
    public void CleanUp()
    {
        foreach (SensorShelf shelf in _shelves.Values)
        {
            shelf.CleanUp(_configuration.Generations);
        }
    }

    private SensorShelf Shelf(string sensor) => _shelves.GetValueOrDefault(sensor) ?? throw NotConfigured(sensor);

    private static StoreException NotConfigured(string sensor) => new(
        StoreFault.NotConfigured, sensor, "the configuration names no such sensor", "add it to \"sensors\" (its \"folder\" may be left out), and start the host again");

    private static StoreException Damaged(Generation generation, string path, string reason) => new(
        StoreFault.Damaged, $"{generation.Sensor} {generation.Number}: {path}", reason, "promote another generation, and install this release again");
}
