// Owns:     STATE/fleet: identity, trusted files, ledger, facts.
// Threads:  the door's, one request at a time; Leave by the control socket's, under the same turn; Failed, FellBack, Tripped and Tried are called by whoever notices, and only note down.
// Ordering: trust, then the ledger, then the store, then who runs. After a crash anywhere between them the next refresh or install goes on from what is on the disk.
// More than 500 lines: four questions of the agent, answered from one set of books under one turn.

using System.Text.Json;
using Ringwall.Host.Configuration;
using Ringwall.Host.Generations.Shadows;
using Ringwall.Host.Generations.Store;
using Ringwall.Host.Generations.Succession;
using Ringwall.Host.Supervision;
using Ringwall.Kernel;
using Ringwall.Trust;
using Ringwall.Wire;
using Ringwall.Wire.Door;
using Ringwall.Wire.Fleet;
using Ringwall.Wire.Probation;

namespace Ringwall.Host.Fleet;

/// <summary>
/// Answers the agent. Whatever the agent says, a release gets in only if vendor and operator signed it, this device is among those that may have it, and its bytes are theirs.
/// </summary>
internal sealed class FleetDesk
{
    public const string FolderName = "fleet";
    private const string IdentityName = "identity.json";
    private const int LongestProbation = 48 * 1024;
    private readonly HostConfiguration _configuration;
    private readonly GenerationStore _store;
    private readonly SensorCrew? _crew;
    private readonly FleetMachine _machine;
    private readonly TimeProvider _clock;
    private readonly string _folder;
    private readonly DeviceTrust _trust;
    private readonly FleetInstall _install;
    private readonly FleetLedger _ledger;
    private readonly FleetFacts _facts;
    private readonly FleetHealth _health;
    private readonly Lock _turn = new();
    private DoorIdentity? _identity;
    private long _countedAt;

    /// <param name="configuration">Names the state directory, the spool and the sensors.</param>
    /// <param name="store">Where releases become generations.</param>
    /// <param name="crew">Whoever runs them; null where nobody does.</param>
    /// <param name="machine">The rest of the host.</param>
    /// <param name="clock">The device's clock.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    public FleetDesk(HostConfiguration configuration, GenerationStore store, SensorCrew? crew, FleetMachine machine, TimeProvider clock)
    {
        _configuration = configuration;
        _store = store;
        _crew = crew;
        _machine = machine;
        _clock = clock;
        _folder = Path.Combine(configuration.StateDirectory, FolderName);
        StoreFiles.MakeFolder(_folder);
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        SpoolFolder spool = new(configuration.Fleet!.Spool);
        _trust = new DeviceTrust(_folder, spool);
        _install = new FleetInstall(_folder, spool, store);
        _ledger = FleetLedger.Open(_folder, machine.Say);
        _facts = FleetFacts.Open(_folder, machine.Say);
        _health = new FleetHealth(machine, clock);
        _identity = ReadIdentity();
        _countedAt = clock.GetTimestamp();
    }

    /// <summary>Forgets who this device is in the fleet, and whom it trusts there. What is installed stays.</summary>
    /// <returns>Null when it was; otherwise why not.</returns>
    public string? Leave()
    {
        lock (_turn)
        {
            try
            {
                // The identity first: without it nothing is refreshed, whatever else is left.
                File.Delete(Path.Combine(_folder, IdentityName));
                StoreFiles.Flush(_folder);
                _identity = null;
                _trust.Forget();
                return null;
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or KernelException)
            {
                return refused.Message;
            }
        }
    }

    /// <summary>Answers one request. Never throws for what the agent or the disk did.</summary>
    public DoorReply Answer(DoorRequest request)
    {
        try
        {
            lock (_turn)
            {
                return request.Do switch
                {
                    DoorVerb.Hello => Hello(request.Identity),
                    DoorVerb.Refresh => Refresh(),
                    DoorVerb.Install => Install(request.Path ?? ""),
                    DoorVerb.Report => Report(request.After, request.Minute),
                    _ => Refused("do", $"'{request.Do}' is nothing that can be asked here"),
                };
            }
        }
        catch (UpdateRejectedException rejected)
        {
            return Refused(request.Path ?? request.Do, rejected.Message);
        }
        catch (StoreException refused)
        {
            return Refused(refused.Thing, refused.Reason);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or KernelException)
        {
            return Refused(_folder, refused.Message.TrimEnd('.'));
        }
    }

    /// <summary>Brings what was noted down to the disk. The door's thread, now and then.</summary>
    public void Tick() => _facts.TryKeep();

    /// <summary>A generation failed in service. Any thread.</summary>
    public void Failed(string sensor, long generation, string why)
    {
        _health.Struck();
        Harm(HarmMeasure.Crash, sensor, generation, why);
    }

    /// <summary>A generation was taken out of service. Any thread.</summary>
    public void FellBack(string sensor, long generation, string why)
    {
        _health.Quarantined();

        // What the operator takes back did not harm this device by that.
        if (!why.StartsWith(WithdrawnWords, StringComparison.Ordinal))
        {
            Harm(HarmMeasure.Quarantine, sensor, generation, why);
        }
    }

    /// <summary>A generation has spent its deny budget. Any thread.</summary>
    public void Tripped(string sensor, long generation, string why) => Harm(HarmMeasure.DenyBudgetSpent, sensor, generation, why);

    /// <summary>A probation ended. Any thread.</summary>
    public void Tried(ProbationReport report)
    {
        _facts.Happened(new Fact { Sensor = report.Sensor, Generation = report.Candidate.Number });
        if (report.Result is ProbationResult.Refused or ProbationResult.Inconclusive)
        {
            Harm(HarmMeasure.Quarantine, report.Sensor, report.Candidate.Number, $"probation {report.Result}: {report.Because}");
        }
    }

    private const string WithdrawnWords = "withdrawn by the operator";

    private DoorReply Hello(DoorIdentity? said)
    {
        if (said is not null && !said.Equals(_identity))
        {
            if (_identity is { } kept && kept != said with { Seat = kept.Seat })
            {
                return Refused("identity", $"this device is {kept.Device} of the ring {kept.Ring} since {DateTimeOffset.FromUnixTimeMilliseconds(kept.Since):u}, and stays so until root says `ringwall enrol --reset`");
            }

            if (!IsSound(said) || (_identity?.Seat is { } seat && (said.Seat?.Domain != seat.Domain || said.Seat.Index != seat.Index || said.Seat.Size < seat.Size)))
            {
                return Refused("identity", "it is none, or its seat is another");
            }

            // The roots first: an identity that is kept has something to believe. What is trusted without one is left over from another, which a crash kept from being forgotten whole.
            if (_identity is null)
            {
                _trust.Forget();
            }

            _trust.Root(said);
            StoreFiles.Replace(Path.Combine(_folder, IdentityName), JsonSerializer.SerializeToUtf8Bytes(said, DoorJson.Default.DoorIdentity));
            _identity = said;
            _machine.Say($"this machine is device {said.Device} of the ring {said.Ring}");
        }

        return new DoorReply { Machine = new DoorMachine(_machine.Version, _machine.Cell(), _identity) };
    }

    private static bool IsSound(DoorIdentity said) => DeviceIdentity.IsOne(said.Device) && said.Ring.Length is > 0 and <= 64 && said.Since > 0
        && (said.Seat is null || (said.Seat.Domain.Length == 16 && said.Seat.Domain.All(char.IsAsciiHexDigitLower) && said.Seat.Size > 0 && said.Seat.Index >= 0 && said.Seat.Index < said.Seat.Size));

    private DoorReply Refresh()
    {
        if (_identity is not { } identity || !_trust.IsRooted)
        {
            return Refused("refresh", "this device is not enrolled");
        }

        DateTimeOffset now = Now();
        IReadOnlyList<string> offered = _trust.Refresh(now);
        _ledger.Believed(now);
        Count();
        string cell = CellName.Of(_machine.Cell());
        List<DoorRelease> releases = [];
        foreach (LedgerRelease gone in _ledger.Releases.Where(release => release.IsOffered && !offered.Contains(release.Path)))
        {
            _ledger.Set(gone with { IsOffered = false });
        }

        foreach (string path in offered)
        {
            try
            {
                releases.Add(Look(_trust.Agree(path), identity, cell, now));
            }
            catch (UpdateRejectedException rejected)
            {
                // One release that is wrong does not stand in the way of the others.
                releases.Add(new DoorRelease { Path = path, Standing = DoorStanding.Refused, Because = rejected.Message });
            }
        }

        _ledger.Tidy();
        _ledger.Save();
        return new DoorReply { Releases = releases };
    }

    private DoorRelease Look(AgreedRelease release, DoorIdentity identity, string cell, DateTimeOffset now)
    {
        string path = release.Path.Text;
        LedgerRelease known = _ledger.Find(path) is { } found ? found with { IsOffered = true } : new LedgerRelease { Path = path, Standing = Admission.Stand(release, identity, cell) };
        AdmissionAnswer answer = release.Operator.IsWithdrawn || (known.Generation is null && !known.WasRefused)
            ? Admission.Decide(release, identity, known.Standing, SensorOf(release.Path), now)
            : new AdmissionAnswer(known.WasRefused ? DoorStanding.Refused : DoorStanding.Installed, known.Because);
        if (answer.Standing == DoorStanding.Withdrawn)
        {
            TakeBack(known);
        }

        _ledger.Set(known with { Because = answer.Standing == DoorStanding.Installed ? known.Because : answer.Because, State = StateBefore(answer, known) });
        bool wanted = answer.Standing == DoorStanding.Wanted;
        return new DoorRelease
        {
            Path = path,
            Standing = answer.Standing,
            Because = answer.Because,
            Length = wanted ? release.File.Length : 0,
            Digest = wanted ? release.File.Digests.Preferred : null,
            Fetch = wanted ? _trust.PathToFetch(release) : null,
        };
    }

    // What is reported of a release that is no generation. What is not for this device, or not yet, is none of the server's evidence.
    private static string StateBefore(AdmissionAnswer answer, LedgerRelease known) => answer.Standing switch
    {
        _ when known.Generation is not null || known.WasRefused => known.State,
        DoorStanding.Wanted => ReleaseState.Offered,
        DoorStanding.Held => ReleaseState.Held,
        _ => "",
    };

    private void TakeBack(LedgerRelease known)
    {
        // A release whose bytes another one brought back since then is not what the operator means.
        if (known is not { Sensor: { } sensor, Generation: { } number } || HolderOf(sensor, number) != known.Path
            || _store.Of(sensor).FirstOrDefault(one => one.Number == number) is not { } generation || generation.State == GenerationState.Refused)
        {
            return;
        }

        string why = $"{WithdrawnWords}: {known.Path}";
        if (_crew?.Of(sensor) is { } running)
        {
            running.Withdraw(number, why);
        }
        else if (generation.State == GenerationState.InService)
        {
            _store.FallBack(sensor, why);
        }
        else
        {
            _store.Refuse(sensor, number, why);
        }
    }

    private DoorReply Install(string path)
    {
        if (_identity is not { } identity)
        {
            return Refused(path, "this device is not enrolled");
        }

        DateTimeOffset now = Now();
        AgreedRelease release = _trust.Agree(path);
        LedgerRelease known = _ledger.Find(path) ?? throw new UpdateRejectedException(RejectionReason.Unavailable, $"{path} was not offered in the last refresh");
        if (known.Generation is not null)
        {
            return new DoorReply { Said = $"{path} is installed already" };
        }

        if (known.WasRefused || Admission.Decide(release, identity, known.Standing, SensorOf(release.Path), now) is not { Standing: DoorStanding.Wanted })
        {
            return Refused(path, $"it is not wanted: {known.Because}");
        }

        Generation made;
        bool isNew;
        try
        {
            made = _install.Take(release, out isNew);
        }
        catch (StoreException refused) when (refused.Fault is <= StoreFault.Schema or StoreFault.Refused)
        {
            // Signed, and wrong all the same: it will not get better by being fetched again. A full disk may.
            _ledger.Took(release.Path);
            _ledger.Set(known with { WasRefused = true, Because = refused.Reason, State = ReleaseState.Refused, Since = Milliseconds(now) });
            _ledger.Save();
            Harm(HarmMeasure.Quarantine, path, refused.Reason);
            throw;
        }

        _ledger.Took(release.Path);
        _ledger.Set(known with { Sensor = made.Sensor, Generation = made.Number, Because = "", Since = Milliseconds(now) });
        _ledger.Save();
        Begin(made, isNew);
        _machine.Say($"{path} is generation {made.Number} of {made.Sensor}");
        return new DoorReply { Said = $"{path} is generation {made.Number} of {made.Sensor}{(isNew ? "" : ", which was there already")}" };
    }

    // Bytes that were here before need no new trial if they passed theirs.
    private void Begin(Generation made, bool isNew)
    {
        if (made.State == GenerationState.InService || _crew?.Of(made.Sensor) is not { } running)
        {
            return;
        }

        if (!isNew && made.Passed)
        {
            running.Promote(made);
        }
        else
        {
            running.Begin(made);
        }

        try
        {
            _store.CleanUp();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            _machine.Say($"old generations could not be removed: {refused.Message}");
        }
    }

    private DoorReply Report(long after, long minute)
    {
        Count();
        DeviceHealth health = _health.Take(ReleaseInService, harm => _facts.Happened(new Fact { Harm = harm }));
        List<ReleaseReport> releases = [.. Releases(Math.Clamp(minute, 1, 3_600_000))];
        _ledger.Save();

        List<HarmReport> harms = [];
        List<ReleaseProbation> probations = [];
        int room = DeviceLimits.Probations * LongestProbation;
        IReadOnlyList<Fact>? told = _facts.Tell(after, Takes, out long number, out bool hasMore);
        return told is null
            ? Refused(_folder, "the disk refuses")
            : new DoorReply
            {
                Facts = new DoorFacts(
                    number,
                    new DeviceReport
                    {
                        Sequence = 0,
                        At = Milliseconds(_clock.GetUtcNow()),
                        Boot = _machine.Boot,
                        Cell = CellName.Of(_machine.Cell()),
                        Host = _machine.Version,
                        Releases = releases,
                        Harms = harms,
                        Health = health,
                        Probations = probations,
                    },
                    hasMore,
                    _facts.Lost),
            };

        bool Takes(Fact fact)
        {
            if (fact.Harm is { } harm)
            {
                if (harms.Count == DeviceLimits.Harms)
                {
                    return false;
                }

                harms.Add(harm);
                return true;
            }

            if (probations.Count == DeviceLimits.Probations)
            {
                return false;
            }

            if (_machine.Probation(fact.Sensor!, fact.Generation) is { Result: not ProbationResult.Running } report)
            {
                ProbationReport fits = Fitting(report);
                room -= LongestProbation;
                probations.Add(new ReleaseProbation(ReleaseOf(fact.Sensor!, fact.Generation), fits));
            }

            return room >= 0;
        }
    }

    // A report travels with others, and a thousand files that it would deny tell no more than the first.
    private static ProbationReport Fitting(ProbationReport report)
    {
        for (int keep = report.Differences.Count; ; keep /= 2)
        {
            ProbationReport fits = report with
            {
                Differences = [.. report.Differences.Take(keep)],
                DifferencesLeftOut = report.DifferencesLeftOut + report.Differences.Count - keep,
                ShownLast = keep == report.Differences.Count ? report.ShownLast : [.. report.ShownLast.TakeLast(4)],
            };
            if (keep == 0 || JsonSerializer.SerializeToUtf8Bytes(fits, Wire.Control.ControlReplyJson.Lines.ProbationReport).Length <= LongestProbation)
            {
                return fits;
            }
        }
    }

    // Every release of the fleet that is or was here, or may come, with what it is now.
    private IEnumerable<ReleaseReport> Releases(long minute)
    {
        foreach (LedgerRelease release in _ledger.Releases)
        {
            (string state, string why) = StateOf(release);
            if (state.Length == 0)
            {
                continue;
            }

            LedgerRelease now = state == release.State ? release : release with { State = state, Since = Milliseconds(_clock.GetUtcNow()) };
            _ledger.Set(now with { Because = why });
        }

        return _ledger.Releases.Where(release => release.State.Length > 0).OrderByDescending(release => release.IsOffered).ThenByDescending(release => release.Since).Take(DeviceLimits.Releases)
            .Select(release => new ReleaseReport
            {
                Path = release.Path,
                State = release.State,
                Since = release.Since,
                Age = release.State == ReleaseState.InService ? (int)Math.Min(int.MaxValue, release.ServedMilliseconds / minute) : -1,
                FallbackAlive = release.Sensor is { } sensor && release.State == ReleaseState.InService && HasFallback(sensor),
                Why = release.Because.Length == 0 ? null : Short(release.Because),
            });
    }

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

        if (_store.Of(sensor).FirstOrDefault(one => one.Number == number) is not { } generation)
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

    private bool IsOnTrial(string sensor, long number) => _crew?.Of(sensor)?.Running().Any(one => one.Number == number && one.Standing == Standing.OnTrial) ?? false;

    private bool HasFallback(string sensor) => _store.Fallback(sensor) is not null
        && (_crew?.Of(sensor)?.Running().Any(one => one is { Standing: Standing.Fallback, State: ShadowState.AtWork }) ?? false);

    // Of the releases with the same bytes, the one that came last is what the generation is now.
    private string? HolderOf(string sensor, long number) =>
        _ledger.Releases.Where(release => release.Sensor == sensor && release.Generation == number).MaxBy(release => ReleasePath.Read(release.Path).Number)?.Path;

    private string? ReleaseOf(string sensor, long number) => HolderOf(sensor, number) ?? _store.Of(sensor).FirstOrDefault(one => one.Number == number)?.Release;

    private string? ReleaseInService(string sensor) => _store.InService(sensor) is { } served ? ReleaseOf(sensor, served.Number) : null;

    // Time in service counts while this host runs and the device is awake: the clock stands still while it sleeps.
    private void Count()
    {
        long passed = (long)_clock.GetElapsedTime(_countedAt).TotalMilliseconds;
        _countedAt = _clock.GetTimestamp();
        foreach (LedgerRelease release in _ledger.Releases.Where(release => release.Sensor is not null && release.Generation is not null))
        {
            if (_store.InService(release.Sensor!)?.Number == release.Generation && HolderOf(release.Sensor!, release.Generation!.Value) == release.Path)
            {
                _ledger.Set(release with { ServedMilliseconds = release.ServedMilliseconds + passed });
            }
        }
    }

    private FleetSensor? SensorOf(ReleasePath path)
    {
        if (_configuration.Sensors.FirstOrDefault(sensor => sensor.Name == path.Sensor) is not { } sensor)
        {
            return null;
        }

        // What is installed speaks, too: a ledger may be lost.
        Dictionary<string, long> newest = new(_ledger.NewestOf(path.Vendor, path.Sensor), StringComparer.Ordinal);
        HashSet<string> had = [.. _ledger.Releases.Where(release => release.Generation is not null).Select(release => release.Path)];
        foreach (string installed in _store.Of(sensor.Name).Select(one => one.Release).OfType<string>())
        {
            ReleasePath read = ReleasePath.Read(installed);
            had.Add(installed);
            if (read.Vendor == path.Vendor)
            {
                newest[read.Stream] = Math.Max(newest.GetValueOrDefault(read.Stream), read.Number);
            }
        }

        return new FleetSensor(sensor.Name, sensor.Vendor, newest, had);
    }

    // Signed files are not believed by a clock that was set back behind them; one that is ahead believes none, which stops updates and nothing else.
    private DateTimeOffset Now() => _clock.GetUtcNow() is var now && now > _ledger.Latest ? now : _ledger.Latest;

    private void Harm(string measure, string sensor, long generation, string why) => Harm(measure, _store.Of(sensor).FirstOrDefault(one => one.Number == generation)?.Release, why);

    private void Harm(string measure, string? release, string why) =>
        _facts.Happened(new Fact { Harm = new HarmReport { Measure = measure, Release = release, At = Milliseconds(_clock.GetUtcNow()), Detail = Short(why) } });

    private static string Short(string text) => text.Length <= DeviceLimits.DetailCharacters ? text : text[..DeviceLimits.DetailCharacters];

    private DoorIdentity? ReadIdentity()
    {
        string path = Path.Combine(_folder, IdentityName);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), DoorJson.Default.DoorIdentity) : null;
        }
        catch (JsonException broken)
        {
            _machine.Say($"{path}: this is no identity: {broken.Message.TrimEnd('.')}; `ringwall enrol --reset` and enrolling anew mends it");
            return null;
        }
    }

    private static long Milliseconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds();

    private static DoorReply Refused(string thing, string reason) => new() { Error = new ErrorReport(ExitCode.NotDone, thing, reason, "") };
}
