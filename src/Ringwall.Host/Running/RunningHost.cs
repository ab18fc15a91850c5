// Owns:         every part of a running host, and the order in which they start and end.
// Does not own: any decision.
// Threads:      the main thread runs this; the parts have threads of their own, named in their files.
// Ordering:     start: the answering and the deadline thread first, because whatever is spawned afterwards waits for answers; the keeper's
//               turn is taken when all that could be refused is open and it is known who will be missed; then tells, sensors, marks.
//               End: marks, then asks in flight, then the rest.

using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Control;
using Ringwall.Host.Decide;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Deliver;
using Ringwall.Host.Deliver.Tells;
using Ringwall.Host.Findings;
using Ringwall.Host.Fleet;
using Ringwall.Host.Generations.Probation;
using Ringwall.Host.Generations.Store;
using Ringwall.Host.Generations.Succession;
using Ringwall.Host.Intake.Asks;
using Ringwall.Host.Intake.Tells;
using Ringwall.Host.Journal;
using Ringwall.Host.Responses;
using Ringwall.Host.Review;
using Ringwall.Host.Sandboxes;
using Ringwall.Host.Supervision;
using Ringwall.Kernel.Cgroups;
using Ringwall.Kernel.Fanotify;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Handover;
using Ringwall.Kernel.Mounts;
using Ringwall.Kernel.Scheduling;
using Ringwall.Wire.Probation;

namespace Ringwall.Host.Running;

/// <summary>One life of the host.</summary>
internal sealed class RunningHost : IHostLife, IDisposable
{
    private static readonly TimeSpan KeeperPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProtectionPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SensorPatience = TimeSpan.FromSeconds(5);

    // Nobody is answered meanwhile.
    private static readonly TimeSpan HandOverPatience = TimeSpan.FromSeconds(1.5);

    // What of the keeper's 64 KiB paths and files may take.
    private const int StandInBytes = 60_000;
    private const long FindingFileWithoutQuota = 1024 * 1024 * 1024;
    private static readonly TimeSpan TidyEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ControlPatience = TimeSpan.FromSeconds(5);
    private readonly HostConfiguration _configuration;
    private readonly PermissionGroup _group;
    private readonly Heartbeat _heartbeat;
    private readonly KeeperLink _keeper;
    private readonly AskContext _asks;
    private readonly AnsweringLoop _loop;
    private readonly DeadlineThread _deadlines;
    private readonly MountMarks _marks;
    private readonly FindingLog _findings;
    private readonly TellIntake _tells;
    private readonly GenerationStore? _store;
    private readonly EventJournal? _journal;
    private readonly Probations _probations;
    private readonly ResponseDesk _responses;
    private readonly SensorCrew _crew;
    private FleetDesk? _fleet;      // set once, before any sensor starts
    private readonly ReviewThread _review = new();
    private readonly ProtectionWatch _protection;
    private readonly CheckThread _checks;
    private readonly DenyBudgets? _budgets;
    private readonly HostNotes _notes = new();
    private readonly CgroupPlaces _cgroups = CgroupPlaces.Find();
    private readonly ManualResetEventSlim _over = new();
    private readonly Lock _turn = new();
    private bool _guards;           // under _turn, as is the next
    private bool _handingOver;

    public RunningHost(HostConfiguration configuration, KeeperPrograms programs)
    {
        LeaseBreaks.Ignore();
        configuration = GuardedPaths.Resolve(configuration, _notes.Add);
        _configuration = configuration;
        int descriptors = Urgency.RaiseDescriptorLimit();
        _group = new PermissionGroup(Inherited.Take(HandoverDescriptors.Group));
        _heartbeat = Heartbeat.Adopt(Inherited.Take(HandoverDescriptors.Heartbeat));
        _keeper = new KeeperLink(_group.Handle, _heartbeat, programs, _notes.Add);
        OwnFiles own = OwnFiles.Find(configuration);
        AskScope scope = new(configuration.Guard);
        DenialRing ring = new();
        _asks = new AskContext
        {
            Group = _group,
            Heartbeat = _heartbeat,
            Asks = new AskTable(AsksFor(descriptors)),
            Policies = Policies(configuration),
            Scope = scope,
            Processes = new ProcessTable(),
            OwnFiles = own.Files,
            Denials = ring,
            Review = _review.Ring,
            Protected = new ProtectedSet(new PackageFiles(new DpkgDatabase("/"))),
        };
        _protection = new ProtectionWatch(ProtectionSources.OfMachine(configuration), _asks.Protected, _notes.Add);
        _asks.Own.Add(Environment.ProcessId);
        _keeper.KeeperChanged += (former, now) =>
        {
            _asks.Own.Remove(former);
            if (now != 0)
            {
                _asks.Own.Add(now);
            }
        };
        _keeper.EndAsked += Stop;
        _loop = new AnsweringLoop(_asks);
        _checks = new CheckThread(_asks.Protected.Checks, _asks.Protected.Packages, _asks.Blocks, _loop.HearChecked);
        _deadlines = new DeadlineThread(_asks.Asks, _group, _heartbeat, _loop.TidyOverdue);
        IReadOnlyCollection<string>? only = configuration.Mounts.Count > 0 ? configuration.Mounts : null;
        _marks = new MountMarks(_group, _asks.Watched, only, _notes.Add);
        Directory.CreateDirectory(configuration.StateDirectory);
        bool quota = configuration.Has(Configuration.Guard.Quota);
        FindingFile file = quota ? new(configuration.StateDirectory) : new(configuration.StateDirectory, FindingFileWithoutQuota);
        _findings = new FindingLog(file, Machine.Read(Errands.Version), TimeProvider.System, ring, _asks.Processes) { IsBounded = quota };
        _tells = new TellIntake(_asks, _loop.Kernel, only, _notes.Add);
        _store = Generations.OpenStore(configuration, _notes.Add);
        _journal = EventJournal.TryOpen(configuration.StateDirectory, configuration.Journal, _tells.Hub, TimeProvider.System, _notes.Add);
        _probations = new Probations(
            Generations.Probation(configuration) with
            {
                Policies = _asks.Policies,
                Reviews = _review,
                Protected = configuration.Has(Configuration.Guard.ProtectedSet) ? new ProtectedFiles(_asks.Protected) : null,
                Recent = _journal is null ? null : new RecentEvents(_journal),
                Cell = Beside,
                Say = _notes.Add,
            },
            _store);
        _budgets = configuration.Has(Configuration.Guard.DenyBudget) ? new DenyBudgets(configuration.Budgets) : null;
        _responses = ResponseParts.Desk(configuration, _asks, _review, _findings, _budgets, IsInService, FallBack, _loop.DropAllNow, _notes.Add, out FallbackUndo undo);
        Action<FallbackEvent> reportFallback = Generations.Reporting(_findings);
        _crew = new SensorCrew(new CrewContext
        {
            Sensors = [.. configuration.Sensors.Select(sensor => sensor with { Limits = sensor.Limits.Without(configuration.WithoutGuards) })],
            Health = quota ? new HealthLimits() : new HealthLimits { OutputMost = int.MaxValue },
            Place = new SandboxPlace
            {
                Launcher = SandboxPlace.LauncherBeside,
                RunDirectory = configuration.RunDirectory,
                Cgroups = _cgroups,
                Own = _asks.Own,
                ScratchFolders = Path.Combine(configuration.StateDirectory, "scratch"),
            },
            Service = new Seats(_loop, _tells.Delivery),
            Findings = _findings.Report,
            Policies = _asks.Policies,
            ToldAndLost = _tells.ToldAndLost,
            Say = _notes.Add,
            Store = _store,
            Budgets = _budgets,
            Succession = Generations.Policy(configuration),
            Trials = _probations.Start,
            Verify = Generations.Verifying(_store),
            Failed = (sensor, failed, why) => _fleet?.Failed(sensor, failed, why),
            FellBack = fallback =>
            {
                reportFallback(fallback);
                undo.FellBack(fallback.Sensor, fallback.Failed);
                _fleet?.FellBack(fallback);
            },
            Requests = _responses,
            HostVersion = Errands.Version,
        });
        if (_budgets is not null)
        {
            BudgetTripped answer = Spending.Answer(_crew, _findings, configuration, _notes.Add);
            _budgets.Tripped = (sensor, generation, why) =>
            {
                undo.Distrust(sensor, generation);
                answer(sensor, generation, why);
                _fleet?.Tripped(sensor, generation, why);
            };
            _review.Add(new DenialComparison(_budgets, _crew.FallbackOf));
        }

        IReadOnlyList<(ulong, ulong)> mine = [.. own.Keys];
        _heartbeat.WritePolicy(StandIn(configuration, scope, mine));
        _protection.Replaced = table =>
        {
            lock (_turn)
            {
                // The next host writes its own, and may have begun to.
                if (!_handingOver)
                {
                    _heartbeat.WritePolicy(StandIn(configuration, scope, [.. mine.Concat(table.Keys).Distinct().Take(Math.Max(mine.Count, FilesFor(scope)))]));
                }
            }
        };
    }

    /// <summary>Runs until somebody ends it.</summary>
    public void Run()
    {
        _loop.Start();
        _deadlines.Start();
        _review.Start();
        try
        {
            Guard();
        }
        finally
        {
            // Also when something failed: both threads use what is unmapped next.
            _loop.StopReading();
            _deadlines.Stop();
            _loop.Stop();
            _review.Dispose();

            // Last, because it writes down what the others tell at their end.
            _journal?.Dispose();
        }
    }

    /// <inheritdoc/>
    public string? HandOver()
    {
        lock (_turn)
        {
            if (!_guards || _over.IsSet)
            {
                return "the host is starting or ending";
            }

            _loop.StopReading();
            int keeper = _keeper.KeeperPid;
            if (!_keeper.GiveTurn(HandOverPatience))
            {
                TakeTurnAndRead();
                return $"the keeper ({keeper}) did not answer and is replaced by another; this host goes on: try again";
            }

            // Who was told to stop meanwhile shall stop.
            _handingOver = !_over.IsSet;
            _over.Set();
            return null;
        }
    }

    /// <inheritdoc/>
    public void Stop() => _over.Set();

    public void Dispose()
    {
        _protection.Dispose();
        _checks.Dispose();
        _budgets?.Dispose();
        _loop.Dispose();
        _marks.Dispose();
        _keeper.Dispose();
        _group.Dispose();
        _heartbeat.Dispose();
        _over.Dispose();
    }

    // The crew is there before any sensor is, and a request needs one.
    private bool IsInService(FindingSource source) => _crew.Of(source.Name)?.Serves(source.Generation) ?? false;

    private void FallBack(string sensor, long generation, string why)
    {
        if (_configuration.Has(Configuration.Guard.Fallback))
        {
            _crew.Of(sensor)?.FallBack(generation, FallbackCause.Failure, why);
        }
    }

    private void Guard()
    {
        _keeper.Start();

        // Whatever refuses to start refuses here, while the keeper still answers: it takes an end before Ready for a refusal, and later ones for deaths.
        HostView view = new(_configuration, new AskParts(_asks, _loop, _marks), _crew, _tells, _findings, _keeper, _notes) { Journal = _journal, Responses = _responses };
        _fleet = FleetParts.Desk(_configuration, _store, _crew, new FleetMachine
        {
            Version = Errands.Version,
            Boot = FleetParts.Boot(),
            Cell = () => FleetParts.Cell(_configuration),
            Status = view.Status,
            Undone = () => new ResponseLines(_responses).List().Count(line => line.State == "undone"),
            ProcessorTime = () => FleetParts.ProcessorTime(_crew),
            Probation = (sensor, number) => _probations.Find(sensor, number),
            Say = _notes.Add,
        });
        _probations.Over = report => _fleet?.Tried(report);
        using AgentDoor? door = FleetParts.Door(_configuration, _fleet, _notes.Add);
        OverrideBook overrides = new(_configuration.StateDirectory, _asks.Overrides, _loop.DropAllNow);
        ControlSocket control = ControlSocket.Open(
            _configuration.RunDirectory,
            new ControlledHost
            {
                View = view,
                Sensors = _crew,
                Generations = new GenerationOrders(_store, _crew, _notes.Add),
                Overrides = overrides,
                Events = new TellEventFeed(_tells.Hub, _journal),
                Findings = _findings,
                Responses = new ResponseLines(_responses),
                Life = this,
                LeaveFleet = _fleet is { } fleet ? fleet.Leave : null,
                Probations = _probations,
            },
            OperatorGroup.Find());

        if (LimitedGroup.RemoveLeftBehind(_cgroups) is { Count: > 0 } left)
        {
            _notes.Add($"removed {left.Count} control groups that a dead host had left behind");
        }

        // What a former host's marks silenced, this one does not know of; and its marks ask from the first read on.
        _group.StopIgnoringAll();
        _crew.Expect();
        _checks.Start();
        if (_configuration.Has(Configuration.Guard.ProtectedSet))
        {
            _protection.Start();
        }

        _budgets?.Start();

        TakeTurnAndRead();
        if (_configuration.Has(Configuration.Guard.ProtectedSet) && !_protection.AwaitFirst(ProtectionPatience))
        {
            _notes.Add("the protected set is still being looked up; until it is there, every denial counts");
        }

        _responses.Start();
        _crew.Start();
        StartJournal();
        _tells.Start();
        door?.Start();
        if (!_configuration.TellOnly)
        {
            // The first opens that are asked about should find somebody to judge them.
            _crew.AwaitFirst(SensorPatience);
            _marks.Start();
        }

        lock (_turn)
        {
            _guards = true;
        }

        while (!_over.Wait(TidyEvery))
        {
            // A killed host's sensors were still dying when this one looked at its start.
            _ = LimitedGroup.RemoveLeftBehind(_cgroups);
        }

        bool handingOver;
        lock (_turn)
        {
            handingOver = _handingOver;
        }

        if (!control.DisposeAsync().AsTask().Wait(ControlPatience))
        {
            _notes.Add("a request is still under way; it is left unanswered");
        }

        if (!handingOver)
        {
            // The kernel asks no more. After a hand-over it goes on asking, and the keeper answers until the next host does.
            End();
        }

        door?.Dispose();
        if (!handingOver)
        {
            _fleet?.End();
        }

        _probations.Dispose();
        _crew.Dispose();
        _responses.Dispose();
        _tells.Dispose();
        _findings.Dispose();
        if (!handingOver)
        {
            // Those of a killed host's sensors, which were still dying when this one looked at its start.
            _ = LimitedGroup.RemoveLeftBehind(_cgroups);
            _cgroups.SwitchBack();
        }
    }

    private void StartJournal()
    {
        if (_journal is not null)
        {
            _journal.Start();
            _review.Add(_journal);
        }
    }

    // What the machine is, and what runs on it beside this sensor.
    private MachineCell Beside(string sensor) => CellFacts.Read(
        "/",
        [.. _crew.Snapshot().Where(other => other.Name != sensor).DistinctBy(other => other.Name).Select(other => new CellSensor(other.Name, other.Engine, other.Hello?.ContentVersion ?? ""))]);

    private void TakeTurnAndRead()
    {
        if (!_keeper.TakeTurn(KeeperPatience))
        {
            _notes.Add("no keeper gave its turn in time; reading all the same");
        }

        _loop.StartReading();
    }

    private void End()
    {
        _keeper.SayEnding();
        if (!_configuration.TellOnly)
        {
            _marks.Stop();
        }

        _group.StopIgnoringAll();
        _loop.StopReading();
    }

    // Each ask in flight holds a descriptor; the rest is for sensors, files and clients.
    private static int AsksFor(int descriptors) => Math.Clamp(descriptors - 1024, 128, 16_384);

    private static AskPolicies Policies(HostConfiguration configuration) => new(
        new AskPolicy(configuration.Deadlines.Exec, Of(configuration.Fallbacks.Exec)),
        new AskPolicy(configuration.Deadlines.Open, Of(configuration.Fallbacks.Open)));

    private static Fallback Of(FallbackChoice choice) => choice switch
    {
        FallbackChoice.Closed => Fallback.Closed,
        FallbackChoice.LastKnown => Fallback.LastKnown,
        _ => Fallback.Open,
    };

    private static int FilesFor(AskScope scope) => (StandInBytes - scope.Guarded.Sum(path => 2 + path.Length)) / 16;

    private static StandInPolicy StandIn(HostConfiguration configuration, AskScope scope, IReadOnlyList<(ulong Device, ulong Inode)> exempt) =>
        new(Response(configuration.Fallbacks.Exec), Response(configuration.Fallbacks.Open), scope.Guarded, exempt);

    // The keeper knows no last verdicts: it allows where the host would ask its memory.
    private static PermissionResponse Response(FallbackChoice choice) =>
        choice == FallbackChoice.Closed ? PermissionResponse.Deny : PermissionResponse.Allow;
}
