// Owns:     STATE/fleet, and the turn in which everything there is read and changed.
// Threads:  the door's, one request at a time; Leave by the control socket's, under the same turn; Failed, FellBack, Tripped and Tried are called by whoever notices, and only note down.
// Ordering: trust, then the ledger, then the store, then who runs. After a crash anywhere between them the next refresh or install goes on from what is on the disk.

using System.Globalization;
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

    /// <summary>When a boot breaks off within so long after a release went into service, it is told as that release's harm. Time in which the machine was awake.</summary>
    public static readonly TimeSpan YoungFor = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan CountEvery = TimeSpan.FromMinutes(1);
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
    private readonly FleetIdentity _identity;
    private readonly FleetStandings _standings;
    private readonly FleetReports _reports;
    private readonly BootWatch _boot;
    private readonly Lock _turn = new();

    /// <param name="configuration">Names the state directory, the spool and the sensors.</param>
    /// <param name="store">Where releases become generations.</param>
    /// <param name="crew">Whoever runs them; null where nobody does.</param>
    /// <param name="machine">The rest of the host.</param>
    /// <param name="clock">The device's clock.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    public FleetDesk(HostConfiguration configuration, GenerationStore store, SensorCrew? crew, FleetMachine machine, TimeProvider clock)
    {
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
        _identity = FleetIdentity.Open(_folder, machine.Say);
        _standings = new FleetStandings(configuration, store, crew, _ledger, clock);
        _reports = new FleetReports(_standings, _facts, machine, clock);
        _boot = BootWatch.Begin(_folder, machine.Boot, BootBrokeOff);
        _standings.TakeUp();
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
                _identity.Forget();
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
                    DoorVerb.Move => Move(request.Place ?? ""),
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
    public void Tick()
    {
        _facts.TryKeep();
        lock (_turn)
        {
            // How long a young release has served is what the next boot goes by, whether or not an agent asks.
            if (_standings.SinceCounted >= CountEvery && _standings.Young(YoungFor).Any())
            {
                _standings.Count();
                TrySave();
            }
        }
    }

    /// <summary>The host ends because it was told to.</summary>
    public void End()
    {
        try
        {
            _boot.End();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            _machine.Say($"{_folder}: {refused.Message}; the next boot may take this end for a broken one");
        }
    }

    /// <summary>A generation failed in service. Any thread.</summary>
    public void Failed(string sensor, long generation, string why)
    {
        _health.Struck();
        Harm(HarmMeasure.Crash, sensor, generation, why);
    }

    /// <summary>A generation was taken out of service. Any thread.</summary>
    public void FellBack(FallbackEvent fallback)
    {
        _health.Quarantined();

        // What the operator takes back did not harm this device by that.
        if (fallback.Cause != FallbackCause.Withdrawal)
        {
            Harm(HarmMeasure.Quarantine, fallback.Sensor, fallback.Failed, fallback.Why);
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

    private DoorReply Hello(DoorIdentity? said) =>
        _identity.Unreadable is { } lost ? Refused("identity", lost)
            : said is null || said == _identity.Kept || _identity.Take(said, _trust) is not { } why ? Machine()
            : Refused("identity", why);

    private DoorReply Move(string place)
    {
        byte[] file = new byte[place.Length];
        return !Convert.TryFromBase64String(place, file, out int length) ? Refused("place", "it is not base64")
            : !_trust.IsRooted ? Refused("place", "this device is not enrolled")
            : _identity.Move(_trust.ReadPlace(file[..length])) is { } why ? Refused("place", why)
            : Machine();
    }

    private DoorReply Machine() => new() { Machine = new DoorMachine(_machine.Version, _machine.Cell(), _identity.Kept) };

    private DoorReply Refresh()
    {
        if ((_identity.Kept is null && _identity.Unreadable is null) || !_trust.IsRooted)
        {
            return Refused("refresh", "this device is not enrolled");
        }

        DateTimeOffset now = Now();
        IReadOnlyList<string> offered = _trust.Refresh(now, out string? vendorsRefused);
        _ledger.Believed(now);
        _standings.Count();
        string cell = CellName.Of(_machine.Cell());
        List<DoorRelease> releases = [];
        foreach (LedgerRelease gone in _ledger.Releases.Where(release => release.IsOffered && !offered.Contains(release.Path)))
        {
            _ledger.Set(gone with { IsOffered = false });
        }

        // Engines first: content is held against the engine that is there.
        foreach (string path in offered.OrderByDescending(path => path.Contains("/engine-", StringComparison.Ordinal)))
        {
            try
            {
                if (_trust.IsWithdrawn(path))
                {
                    releases.Add(TakeBack(path));
                }
                else if (_identity.Unreadable is null)
                {
                    releases.Add(Look(_trust.Agree(path, now), cell, now));
                }
            }
            catch (UpdateRejectedException rejected)
            {
                // One release that is wrong does not stand in the way of the others.
                releases.Add(new DoorRelease { Path = path, Standing = DoorStanding.Refused, Because = rejected.Message });
            }
        }

        _ledger.Tidy();
        _ledger.Save();
        const string AllTheSame = "what the operator took back is taken back all the same";
        return _identity.Unreadable is { } lost ? Refused("identity", $"{lost}; {AllTheSame}")
            : vendorsRefused is not null ? Refused(DoorLimits.Vendors, $"{vendorsRefused}; {AllTheSame}")
            : new DoorReply { Releases = releases };
    }

    private DoorRelease Look(AgreedRelease release, string cell, DateTimeOffset now)
    {
        string path = release.Path.Text;
        DoorIdentity identity = _identity.ForReleaseOf(release.Operator.StartedAt);
        LedgerRelease known = (_ledger.Find(path) ?? new LedgerRelease { Path = path }) with { IsOffered = true };
        KeptStanding standing = known.Standing ?? Admission.Stand(release, identity, cell);
        known = known with { Standing = standing };
        AdmissionAnswer answer = known switch
        {
            { WasRefused: true } => new AdmissionAnswer(DoorStanding.Refused, known.Because),
            { Generation: not null } => new AdmissionAnswer(DoorStanding.Installed, known.Because),
            _ when known.UnfitFor == ServedBy(release.Path.Sensor) => new AdmissionAnswer(DoorStanding.Held, known.Because),
            _ => Admission.Decide(release, identity, standing, _standings.SensorOf(release.Path), now),
        };
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

    private long ServedBy(string sensor) => _store.InService(sensor)?.Number ?? LedgerRelease.NothingInService;

    // The operator's word alone, whatever has become of the vendor, its keys or its files.
    private DoorRelease TakeBack(string path)
    {
        const string Because = "the operator took it back";
        if (_ledger.Find(path) is { } known)
        {
            TakeBack(known);
            _ledger.Set(known with { IsOffered = true, Because = Because, State = known.Generation is not null || known.WasRefused ? known.State : "" });
        }

        return new DoorRelease { Path = path, Standing = DoorStanding.Withdrawn, Because = Because };
    }

    private void TakeBack(LedgerRelease known)
    {
        // A release whose bytes another one brought back since then is not what the operator means.
        if (known is not { Sensor: { } sensor, Generation: { } number } || _standings.HolderOf(sensor, number) != known.Path
            || _store.Of(sensor).FirstOrDefault(one => one.Number == number) is not { } generation || generation.State == GenerationState.Refused)
        {
            return;
        }

        string why = $"withdrawn by the operator: {known.Path}";
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
        if (_identity.Kept is not { } identity)
        {
            return Refused(path, "this device is not enrolled");
        }

        DateTimeOffset now = Now();
        AgreedRelease release = _trust.Agree(path, now);
        LedgerRelease known = _ledger.Find(path) ?? throw new UpdateRejectedException(RejectionReason.Unavailable, $"{path} was not offered in the last refresh");
        if (known.Generation is not null)
        {
            return new DoorReply { Said = $"{path} is installed already" };
        }

        if (known.WasRefused || known.Standing is not { } standing || Admission.Decide(release, identity, standing, _standings.SensorOf(release.Path), now) is not { Standing: DoorStanding.Wanted })
        {
            return Refused(path, $"it is not wanted: {known.Because}");
        }

        Generation made;
        bool isNew;
        try
        {
            made = _install.Take(release, out isNew);
        }
        catch (StoreException unfit) when (unfit.Fault == StoreFault.Unfit)
        {
            // Signed, and right where something else is in service: it harmed nobody, and is tried again when something else is in service here.
            _ledger.Set(known with { UnfitFor = ServedBy(release.Path.Sensor), Because = unfit.Reason, State = ReleaseState.Held, Since = Milliseconds(now) });
            _ledger.Save();
            throw;
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

        // The store has it: whether the ledger can be written, too, must not keep it from being tried. After a death the store speaks for it.
        TrySave();
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
        // Numbers go on from what the agent says that it has, and must not run out.
        if (after is < 0 or > DoorLimits.LargestFact)
        {
            return Refused("after", "it is the number of no facts");
        }

        _standings.Count();
        DeviceHealth health = _health.Take(_standings.ReleaseInService, harm => _facts.Happened(new Fact { Harm = harm }));
        IReadOnlyList<ReleaseReport> releases = _standings.Reports(Math.Clamp(minute, 1, 3_600_000));
        _ledger.Save();
        return _reports.Tell(after, health, releases) is { } facts ? new DoorReply { Facts = facts } : Refused(_folder, "the disk refuses");
    }

    private bool BootBrokeOff()
    {
        foreach (LedgerRelease release in _standings.Young(YoungFor))
        {
            string served = TimeSpan.FromMilliseconds(release.ServedMilliseconds).ToString(@"m\:ss", CultureInfo.InvariantCulture);
            Harm(HarmMeasure.BootRecovery, release.Path, $"the boot broke off when it had been in service for {served} minutes or little more");
            _machine.Say($"the boot before this one broke off soon after {release.Path} went into service; this is reported");
        }

        return _facts.TryKeep();
    }

    private void TrySave()
    {
        try
        {
            _ledger.Save();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            _machine.Say($"{_folder}: {refused.Message}");
        }
    }

    // Signed files are not believed by a clock that was set back behind them; one that is ahead believes none, which stops updates and nothing else.
    private DateTimeOffset Now() => _clock.GetUtcNow() is var now && now > _ledger.Latest ? now : _ledger.Latest;

    private void Harm(string measure, string sensor, long generation, string why) => Harm(measure, _store.Of(sensor).FirstOrDefault(one => one.Number == generation)?.Release, why);

    private void Harm(string measure, string? release, string why) =>
        _facts.Happened(new Fact { Harm = new HarmReport { Measure = measure, Release = release, At = Milliseconds(_clock.GetUtcNow()), Detail = FleetStandings.Short(why) } });

    private static long Milliseconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds();

    private static DoorReply Refused(string thing, string reason) => new() { Error = new ErrorReport(ExitCode.NotDone, thing, reason, "") };
}
