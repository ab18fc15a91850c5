// Owns:    when time in service was last counted.
// Threads: the desk's turn.

using Ringwall.Host.Configuration;
using Ringwall.Host.Generations.Shadows;
using Ringwall.Host.Generations.Store;
using Ringwall.Host.Generations.Succession;
using Ringwall.Host.Supervision;
using Ringwall.Trust;
using Ringwall.Wire.Fleet;

namespace Ringwall.Host.Fleet;

/// <summary>What the fleet's releases are on this device: the ledger knows which came, the store what became of them, the crew what runs.</summary>
internal sealed class FleetStandings(HostConfiguration configuration, GenerationStore store, SensorCrew? crew, FleetLedger ledger, TimeProvider clock)
{
    private long _countedAt = clock.GetTimestamp();

    /// <summary>How long ago <see cref="Count"/> was.</summary>
    public TimeSpan SinceCounted => clock.GetElapsedTime(_countedAt);

    /// <summary>Adds to each release in service the time since the last count. It counts while this host runs and the device is awake: the clock stands still while it sleeps.</summary>
    public void Count()
    {
        long passed = (long)SinceCounted.TotalMilliseconds;
        _countedAt = clock.GetTimestamp();
        foreach (LedgerRelease release in InService())
        {
            ledger.Set(release with { ServedMilliseconds = release.ServedMilliseconds + passed });
        }
    }

    /// <summary>Releases in service that have not served for so long yet, by the last count.</summary>
    public IEnumerable<LedgerRelease> Young(TimeSpan than) => InService().Where(release => release.ServedMilliseconds < than.TotalMilliseconds);

    /// <summary>Every release of the fleet that is or was here, or may come, with what it is now.</summary>
    /// <param name="minute">How long a minute of a rollout lasts, in milliseconds.</param>
    public IReadOnlyList<ReleaseReport> Reports(long minute)
    {
        foreach (LedgerRelease release in ledger.Releases)
        {
            (string state, string why) = StateOf(release);
            if (state.Length == 0)
            {
                continue;
            }

            LedgerRelease now = state == release.State ? release : release with { State = state, Since = clock.GetUtcNow().ToUnixTimeMilliseconds() };
            ledger.Set(now with { Because = why });
        }

        return [.. ledger.Releases.Where(release => release.State.Length > 0).OrderByDescending(release => release.IsOffered).ThenByDescending(release => release.Since).Take(DeviceLimits.Releases)
            .Select(release => new ReleaseReport
            {
                Path = release.Path,
                State = release.State,
                Since = release.Since,
                Age = release.State == ReleaseState.InService ? (int)Math.Min(int.MaxValue, release.ServedMilliseconds / minute) : -1,
                FallbackAlive = release.Sensor is { } sensor && release.State == ReleaseState.InService && HasFallback(sensor),
                Why = release.Because.Length == 0 ? null : Short(release.Because),
            })];
    }

    /// <summary>Of the releases with the same bytes, the one that came last is what the generation is now.</summary>
    public string? HolderOf(string sensor, long number) =>
        ledger.Releases.Where(release => release.Sensor == sensor && release.Generation == number).MaxBy(release => ReleasePath.Read(release.Path).Number)?.Path;

    /// <summary>The release that a generation is, or came with; null for a person's.</summary>
    public string? ReleaseOf(string sensor, long number) => HolderOf(sensor, number) ?? store.Of(sensor).FirstOrDefault(one => one.Number == number)?.Release;

    /// <summary>Whose verdicts count; null for what a person installed.</summary>
    public string? ReleaseInService(string sensor) => store.InService(sensor) is { } served ? ReleaseOf(sensor, served.Number) : null;

    /// <summary>What admission has to know of the sensor that a release is for; null when the configuration has none of that name.</summary>
    public FleetSensor? SensorOf(ReleasePath path)
    {
        if (configuration.Sensors.FirstOrDefault(sensor => sensor.Name == path.Sensor) is not { } sensor)
        {
            return null;
        }

        // What is installed speaks, too: a ledger may be lost.
        Dictionary<string, long> newest = new(ledger.NewestOf(path.Vendor, path.Sensor), StringComparer.Ordinal);
        HashSet<string> had = [.. ledger.Releases.Where(release => release.Generation is not null).Select(release => release.Path)];
        foreach (string installed in store.Of(sensor.Name).Select(one => one.Release).OfType<string>())
        {
            ReleasePath read = ReleasePath.Read(installed);
            had.Add(installed);
            if (read.Vendor == path.Vendor)
            {
                newest[read.Stream] = Math.Max(newest.GetValueOrDefault(read.Stream), read.Number);
            }
        }

        return new FleetSensor(sensor.Name, sensor.Vendor, newest, had) { Trying = Trying(sensor.Name) };
    }

    /// <summary>What is installed speaks for itself: the ledger may be lost, or a death may have come between the store and it.</summary>
    public void TakeUp()
    {
        foreach (Generation made in store.Sensors.SelectMany(store.Of))
        {
            if (made.Release is { } path && (ledger.Find(path) ?? new LedgerRelease { Path = path }) is { Generation: null, WasRefused: false } known)
            {
                ledger.Set(known with { Sensor = made.Sensor, Generation = made.Number, Because = "", Since = made.Installed?.ToUnixTimeMilliseconds() ?? 0 });
            }
        }
    }

    // The newest one that waits is tried, or is about to be; one that was overtaken by a newer one waits for nothing.
    private ReleasePath? Trying(string sensor)
    {
        IReadOnlyList<Generation> all = store.Of(sensor);
        Generation? tried = all.LastOrDefault(one => one.State == GenerationState.Waiting && (one.Passed || one.Number == all[^1].Number || IsOnTrial(sensor, one.Number)));
        return tried is not null && ReleaseOf(sensor, tried.Number) is { } release ? ReleasePath.Read(release) : null;
    }

    /// <summary>As much of it as a report may hold.</summary>
    public static string Short(string text) => text.Length <= DeviceLimits.DetailCharacters ? text : text[..DeviceLimits.DetailCharacters];

    // Of releases with the same bytes only the one that holds them now.
    private List<LedgerRelease> InService() =>
        [.. ledger.Releases.Where(release => release is { Sensor: { } sensor, Generation: { } number } && store.InService(sensor)?.Number == number && HolderOf(sensor, number) == release.Path)];

    private (string State, string Why) StateOf(LedgerRelease release)
    {
        if (release is not { Sensor: { } sensor, Generation: { } number })
        {
            return (release.State, release.Because);
        }

        if (HolderOf(sensor, number) != release.Path)
        {
            return (ReleaseState.Superseded, "");
        }

        if (store.Of(sensor).FirstOrDefault(one => one.Number == number) is not { } generation)
        {
            return (release.State is ReleaseState.Fallback or ReleaseState.Refused ? release.State : ReleaseState.Superseded, release.Because);
        }

        return generation.State switch
        {
            GenerationState.InService => (ReleaseState.InService, ""),
            GenerationState.Refused => (generation.FellBack ? ReleaseState.Fallback : ReleaseState.Refused, generation.Why ?? ""),
            GenerationState.Waiting when generation.Passed => (ReleaseState.Held, "it passed its probation and waits for `ringwall promote`"),
            GenerationState.Waiting => (ReleaseState.Probation, ""),
            _ when IsOnTrial(sensor, number) => (ReleaseState.Probation, ""),
            _ => (ReleaseState.Superseded, ""),
        };
    }

    private bool IsOnTrial(string sensor, long number) => crew?.Of(sensor)?.Running().Any(one => one.Number == number && one.Standing == Standing.OnTrial) ?? false;

    private bool HasFallback(string sensor) => store.Fallback(sensor) is not null
        && (crew?.Of(sensor)?.Running().Any(one => one is { Standing: Standing.Fallback, State: ShadowState.AtWork }) ?? false);
}
