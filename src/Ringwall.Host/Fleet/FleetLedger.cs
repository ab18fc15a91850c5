// Owns:     STATE/fleet/ledger.json.
// Threads:  the door's.
// Ordering: whoever acts on what it says saves it first.

using System.Text.Json;
using System.Text.Json.Serialization;
using Ringwall.Host.Generations.Store;
using Ringwall.Trust;

namespace Ringwall.Host.Fleet;

/// <summary>What this device remembers of the fleet's releases over restarts: where it stands in each, what became of it, and how far it has come.</summary>
internal sealed class FleetLedger
{
    public const string Name = "ledger.json";
    private const int ReleasesAtMost = 512;
    private readonly string _path;
    private readonly Dictionary<string, LedgerRelease> _releases;
    private readonly Dictionary<string, long> _newest;

    private FleetLedger(string path, LedgerFile file)
    {
        _path = path;
        _releases = file.Releases.ToDictionary(release => release.Path, StringComparer.Ordinal);
        _newest = new Dictionary<string, long>(file.Newest, StringComparer.Ordinal);
        Latest = file.Latest;
    }

    /// <summary>In the order of their paths.</summary>
    public IReadOnlyList<LedgerRelease> Releases => [.. _releases.Values.OrderBy(release => release.Path, StringComparer.Ordinal)];

    /// <summary>The latest moment at which signed files were believed. A clock that is set back does not make older ones believed again.</summary>
    public DateTimeOffset Latest { get; private set; }

    /// <summary>Reads it; one that is not there, or broken, is empty, and what is broken is said.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public static FleetLedger Open(string folder, Action<string> say)
    {
        string path = Path.Combine(folder, Name);
        try
        {
            return new FleetLedger(path, JsonSerializer.Deserialize(File.ReadAllBytes(path), LedgerJson.Default.LedgerFile) ?? throw new JsonException("it is null"));
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException)
        {
            return new FleetLedger(path, new LedgerFile());
        }
        catch (JsonException broken)
        {
            say($"{path}: what was known of the fleet's releases is lost: {broken.Message.TrimEnd('.')}; installed ones are known by their generations");
            return new FleetLedger(path, new LedgerFile());
        }
    }

    public LedgerRelease? Find(string path) => _releases.GetValueOrDefault(path);

    public void Set(LedgerRelease release) => _releases[release.Path] = release;

    /// <summary>The highest number of each stream that was ever installed for a vendor's sensor.</summary>
    public IReadOnlyDictionary<string, long> NewestOf(string vendor, string sensor) => ReleasePath.Streams
        .Where(stream => _newest.ContainsKey($"{vendor}/{sensor}/{stream}"))
        .ToDictionary(stream => stream, stream => _newest[$"{vendor}/{sensor}/{stream}"], StringComparer.Ordinal);

    /// <summary>A release of this number was taken, whatever becomes of it.</summary>
    public void Took(ReleasePath path)
    {
        string stream = $"{path.Vendor}/{path.Sensor}/{path.Stream}";
        _newest[stream] = Math.Max(_newest.GetValueOrDefault(stream), path.Number);
    }

    public void Believed(DateTimeOffset now) => Latest = now > Latest ? now : Latest;

    /// <summary>Forgets where it stood in releases that are over: offered no more, and not installed.</summary>
    public void Tidy()
    {
        foreach (LedgerRelease over in Releases.Where(release => !release.IsOffered && release.Generation is null))
        {
            _releases.Remove(over.Path);
        }

        foreach (LedgerRelease old in Releases.Where(release => !release.IsOffered).OrderBy(release => release.Since).Take(Math.Max(0, _releases.Count - ReleasesAtMost)))
        {
            _releases.Remove(old.Path);
        }
    }

    /// <exception cref="IOException">The disk refused; on the disk is what was there before.</exception>
    public void Save() => StoreFiles.Replace(
        _path, JsonSerializer.SerializeToUtf8Bytes(new LedgerFile { Latest = Latest, Newest = _newest, Releases = Releases }, LedgerJson.Default.LedgerFile));
}

/// <summary>The ledger as it is on the disk.</summary>
internal sealed record LedgerFile
{
    public int Format { get; set; } = 1;

    public DateTimeOffset Latest { get; set; }

    public IReadOnlyDictionary<string, long> Newest { get; set; } = new Dictionary<string, long>();

    public IReadOnlyList<LedgerRelease> Releases { get; set; } = [];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(LedgerFile))]
internal sealed partial class LedgerJson : JsonSerializerContext;
