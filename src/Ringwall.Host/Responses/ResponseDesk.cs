// Owns:         the queue of what is to be done, the thread that does it, the vault and the journal.
// Does not own: what is protected, who is granted what.
// Threads:      its own does everything, one thing after another. Take comes from sensors' threads and never waits; Undo from any, and waits.
// Ordering:     right → in service → target → protected → budget → journal → act → journal → outcome. A request that is refused costs no budget.

using System.Collections.Concurrent;
using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Kernel;
using Ringwall.Kernel.Polling;

namespace Ringwall.Host.Responses;

/// <summary>Does what sensors request, and takes it back.</summary>
internal sealed class ResponseDesk : IRequestDesk, IDisposable
{
    private const int WaitingAtMost = 256;

    // A ticket is known some milliseconds after its answer, and a request may be faster.
    private const int TicketPatienceMs = 500;
    private const int TicketLookMs = 20;

    private readonly ResponseContext _context;
    private readonly Vault _vault;
    private readonly UndoJournal _journal;
    private readonly Quarantine _quarantine;
    private readonly Killing _killing;
    private readonly Blocking _blocking;
    private readonly NetworkSwitch _network;
    private readonly ResponseBudget _budget;
    private readonly ConcurrentQueue<Action> _waiting = new();
    private readonly ConcurrentDictionary<(string, long), ResponseFigures> _figures = new();
    private readonly WakeUp _wake = new();
    private readonly WakeUp _end = new();
    private readonly Thread _thread;
    private volatile bool _ending;

    /// <exception cref="IOException">The vault or the journal cannot be opened.</exception>
    public ResponseDesk(ResponseContext context)
    {
        _context = context;
        _vault = Vault.Open(context.VaultFolder);
        _journal = new UndoJournal(context.VaultFolder, context.Clock);
        _quarantine = new Quarantine(_vault, _journal, context.Step);
        _killing = new Killing(_journal, context.Protected, context.Own);
        _blocking = new Blocking(_journal, context.Blocked);
        _network = new NetworkSwitch(context.OpenGroup, context.MayReachNetwork);
        _budget = new ResponseBudget(_journal, context.PerHour, context.Clock, Trip);
        _thread = new Thread(Run, maxStackSize: 512 * 1024) { Name = "responses", IsBackground = true };
        if (_journal.Unreadable > 0)
        {
            context.Say($"{Path.Combine(context.VaultFolder, UndoJournal.Name)}: {_journal.Unreadable} lines cannot be read; what they say cannot be undone");
        }
    }

    /// <summary>Everything that was done, in order.</summary>
    public IReadOnlyList<Act> Acts => _journal.Acts;

    /// <summary>What became of the requests of one generation.</summary>
    public ResponseFigures FiguresOf(string sensor, long generation) => _figures.GetValueOrDefault((sensor, generation));

    /// <summary>How many acts of a generation could be taken back.</summary>
    public int CountOf(string sensor, long generation) =>
        Acts.Count(act => act.Sensor == sensor && act.Generation == generation && act.Kind != ResponseKind.Kill && act.State is not (ActState.Failed or ActState.Undone));

    /// <summary>Starts the thread. First it finds out what a host that ended in the middle had done.</summary>
    public void Start()
    {
        _waiting.Enqueue(Settle);
        _thread.Start();
        _wake.Set();
    }

    public bool Take(ResponseRequester from, ReadOnlySpan<byte> message)
    {
        if (!RequestMessage.TryRead(message, out RequestMessage request))
        {
            return false;
        }

        if (_waiting.Count >= WaitingAtMost)
        {
            Conclude(from, request, null, new Refusal(Refusal.Busy, $"{WaitingAtMost} requests wait already"));
            return true;
        }

        _waiting.Enqueue(() => Do(from, request));
        _wake.Set();
        return true;
    }

    /// <summary>Takes acts back, the latest first. Waits for it. Doing it again does nothing more.</summary>
    public IReadOnlyList<UndoneAct> Undo(UndoOrder order)
    {
        if (_ending)
        {
            return [];      // nobody would do it any more; the next host does when it is said again
        }

        using ManualResetEventSlim over = new();
        List<UndoneAct> undone = [];
        _waiting.Enqueue(() =>
        {
            undone.AddRange(UndoNow(order));
            over.Set();
        });
        _wake.Set();
        over.Wait();
        return undone;
    }

    /// <summary>Takes back what a generation did, the latest first; for whoever takes it out of service. Returns at once, and says what became of it.</summary>
    public void UndoEverythingOf(string sensor, long generation)
    {
        _waiting.Enqueue(() =>
        {
            UndoneAct[] undone = [.. UndoNow(new UndoOrder { Sensor = sensor, Generation = generation }).Where(one => one.Result != UndoResult.Already)];
            if (undone.Length > 0)
            {
                string sums = string.Join(", ", undone.GroupBy(one => one.Result).Select(group => $"{group.Count()} {group.Key.ToString().ToLowerInvariant()}"));
                _context.Say($"what {sensor}, generation {generation}, had done: {sums}; `ringwall vault` lists it");
            }
        });
        _wake.Set();
    }

    /// <summary>Finishes what waits, then ends.</summary>
    public void Dispose()
    {
        _ending = true;
        _end.Set();
        _wake.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _network.Dispose();
        _journal.Dispose();
        _vault.Dispose();
        _wake.Dispose();
        _end.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            bool last = _ending;
            _wake.Clear();
            while (_waiting.TryDequeue(out Action? next))
            {
                next();
            }

            if (last)
            {
                return;
            }

            if (!_ending)
            {
                _ = Poll.Readable([_wake.Handle], -1);
            }
        }
    }

    private List<UndoneAct> UndoNow(UndoOrder order) => [.. _journal.Acts.Where(order.Means).Reverse().Select(act => UndoOne(act, order.DryRun))];

    private void Settle()
    {
        foreach (Act act in _journal.Acts.Where(act => act.State == ActState.Begun))
        {
            Act settled = Attempt(() => Settled(act), act, out string problem);
            _context.Say($"response {act.Id} ({act.Kind.Word()} of {act.About}) was interrupted: {(problem.Length > 0 ? problem : settled.Note)}");
        }

        // What stands is put in force again.
        if (_journal.Acts.Any(act => act.Kind == ResponseKind.Block && act.State == ActState.Done))
        {
            _blocking.Publish();
        }

        if (IsIsolated)
        {
            string? why = null;
            _ = Attempt(() => { why = _network.TurnOff(); return _journal.Acts[^1]; }, _journal.Acts[^1], out string failed);
            _context.Say(why is null && failed.Length == 0
                ? "this machine is isolated from the network, as a sensor requested; `ringwall vault` says by which, `ringwall undo` ends it"
                : $"this machine was isolated from the network, and cannot be again: {why ?? failed}");
        }

        _vault.Keep(_journal.Acts.Where(act => act.State is ActState.Begun or ActState.Done or ActState.Returning).Select(act => act.Id).ToHashSet());
    }

    private bool IsIsolated => _journal.Acts.Any(act => act.Kind == ResponseKind.Isolate && act.State == ActState.Done);

    // Of all but a quarantine nothing can be half done: what was written down and is not there is done anew, or was never needed.
    private Act Settled(Act act) => act.Kind == ResponseKind.Quarantine ? _quarantine.Settle(act) : _journal.Step(act, ActState.Done, "found begun after a crash");

    private void Do(ResponseRequester from, RequestMessage request)
    {
        Act? act = null;
        Refusal? refusal;
        try
        {
            refusal = Refuses(from, request) ?? Try(from, request, out act);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            refusal = new Refusal(Refusal.Unsafe, failed.Message);
        }
        catch (KernelException failed)
        {
            refusal = new Refusal(Refusal.Error, failed.Message, Tried: true);
        }

        Conclude(from, request, act, refusal);
    }

    private Refusal? Refuses(ResponseRequester from, RequestMessage request)
    {
        if ((from.Granted & request.Kind.AsSet()) == ResponseKinds.None)
        {
            return new Refusal(Refusal.NotGranted, $"{from.Source.Name} may not {request.Kind.Word()}: its manifest's \"rights\" and the configuration's \"grants\" have to name it, both");
        }

        return _context.IsInService(from.Source) ? null : new Refusal(Refusal.NotInService, $"generation {from.Source.Generation} is not in service");
    }

    private Refusal? Try(ResponseRequester from, RequestMessage request, out Act? act)
    {
        act = null;
        JudgedAsk? judged = request.Ticket != 0 && (request.Kind == ResponseKind.Kill ? request.Pid == 0 : request.Path.IsEmpty) ? Await(request.Ticket) : null;
        Act draft = new()
        {
            Kind = request.Kind,
            Sensor = from.Source.Name,
            Generation = from.Source.Generation,
            Engine = from.Source.Engine,
            Content = from.Source.Content,
            Reason = request.Reason,
        };
        Refusal? refusal;
        switch (request.Kind)
        {
            case ResponseKind.Kill:
                refusal = OverBudget(from);
                act = refusal is null ? _killing.Kill(draft, judged?.Pid ?? (int)request.Pid, judged?.StartNs ?? request.Start, out refusal) : null;
                return refusal;
            case ResponseKind.Quarantine or ResponseKind.Block:
                using (FileTarget? target = judged is null
                    ? FileTarget.Find(request.Path.ToArray(), request.Device, request.Inode, out refusal)
                    : FileTarget.Find(judged.Path, judged.Device, judged.Inode, out refusal))
                {
                    refusal ??= Protects(from, target!) ?? OverBudget(from);
                    act = refusal is not null ? null
                        : request.Kind == ResponseKind.Block ? _blocking.Block(draft, target!, out refusal)
                        : _quarantine.Take(draft, target!, _context.Has(Guard.Undo), out refusal);
                    return refusal;
                }

            default:
                refusal = OverBudget(from);
                act = refusal is null ? Isolate(draft, out refusal) : null;
                return refusal;
        }
    }

    private Act? Isolate(Act draft, out Refusal? refusal)
    {
        refusal = null;
        Act begun = _journal.Begin(draft with { Id = _journal.NextId() });
        string? why;
        try
        {
            why = _network.TurnOff();
        }
        catch (KernelException failed)
        {
            why = failed.Message;
        }

        if (why is null)
        {
            return _journal.Step(begun, ActState.Done);
        }

        refusal = new Refusal(Refusal.Unsupported, why);
        _ = _journal.Step(begun, ActState.Failed, why);
        return null;
    }

    private Act Rejoin(Act act)
    {
        act = _journal.Step(act, ActState.Undone, "the network can be reached again, unless another isolation stands");
        if (!IsIsolated)
        {
            _network.TurnOn();
        }

        return act;
    }

    private Refusal? OverBudget(ResponseRequester from) => _context.Has(Guard.ResponsesBudget) ? _budget.Check(from.Source) : null;

    private Refusal? Protects(ResponseRequester from, FileTarget target)
    {
        if (_context.Protected.Look(target.Descriptor) is not { } why)
        {
            return null;
        }

        _context.AgainstProtected(from.Source, target.State);
        return new Refusal(Refusal.Protected, $"{System.Text.Encoding.UTF8.GetString(target.Path)}: {why.Why}");
    }

    private JudgedAsk? Await(ulong ticket)
    {
        JudgedAsk? judged = _context.Judged.Find(ticket);
        for (int waited = 0; judged is null && waited < TicketPatienceMs && !_ending; waited += TicketLookMs)
        {
            _ = Poll.Readable([_end.Handle], TicketLookMs);
            judged = _context.Judged.Find(ticket);
        }

        return judged;
    }

    private void Conclude(ResponseRequester from, RequestMessage request, Act? act, Refusal? refusal)
    {
        ResponseOutcome outcome = refusal is null ? ResponseOutcome.Done : refusal.Tried ? ResponseOutcome.Failed : ResponseOutcome.Refused;
        _figures.AddOrUpdate(
            (from.Source.Name, from.Source.Generation),
            _ => Counted(default, outcome),
            (_, before) => Counted(before, outcome));
        _ = from.Answer(new OutcomeMessage { Number = request.Number, Outcome = outcome, Reason = refusal?.Word ?? "" });
        _context.Report(from.Source, new ResponseReport(request, act, refusal));
    }

    private static ResponseFigures Counted(ResponseFigures before, ResponseOutcome outcome) => outcome switch
    {
        ResponseOutcome.Done => before with { Done = before.Done + 1 },
        ResponseOutcome.Refused => before with { Refused = before.Refused + 1 },
        _ => before with { Failed = before.Failed + 1 },
    };

    private void Trip(string sensor, long generation, string why)
    {
        _context.Say($"sensor {sensor}: what it requests is refused, because {why}");
        _context.Tripped(sensor, generation, why);
    }

    private UndoneAct UndoOne(Act act, bool dryRun)
    {
        if (act.State == ActState.Undone)
        {
            return new UndoneAct(act, UndoResult.Already, act.Note);
        }

        if (act.State == ActState.Failed)
        {
            return new UndoneAct(act, UndoResult.Already, $"it was never done: {act.Note}");
        }

        if (act.Kind == ResponseKind.Kill)
        {
            return new UndoneAct(act, UndoResult.Cannot, "a process that was killed cannot be brought back; start it again");
        }

        if (dryRun)
        {
            return new UndoneAct(act, UndoResult.Would, "");
        }

        string problem = "";
        Act after = Attempt(() => act.State == ActState.Begun && Settled(act) is { State: not ActState.Begun } settled ? settled : act, act, out string unsettled);
        if (after.State == ActState.Failed)
        {
            return new UndoneAct(after, UndoResult.Already, $"it was never done: {after.Note}");
        }

        after = Attempt(() => Back(after, out problem), after, out string failed);
        problem = failed.Length > 0 ? failed : problem.Length > 0 ? problem : after.State == ActState.Undone ? "" : unsettled;
        if (after.State == ActState.Undone)
        {
            _context.Say($"response {act.Id} ({act.Kind.Word()} for {act.Sensor}) is undone: {after.Note}");
            return new UndoneAct(after, UndoResult.Undone, after.Note);
        }

        return new UndoneAct(after, UndoResult.Failed, problem);
    }

    private Act Back(Act act, out string problem)
    {
        problem = "";
        return act.Kind switch
        {
            ResponseKind.Quarantine => _quarantine.Return(act, out problem),
            ResponseKind.Block => _blocking.Lift(act),
            _ => Rejoin(act),
        };
    }

    private static Act Attempt(Func<Act> work, Act otherwise, out string problem)
    {
        problem = "";
        try
        {
            return work();
        }
        catch (Exception failed) when (failed is IOException or KernelException or UnauthorizedAccessException)
        {
            problem = failed.Message;
            return otherwise;
        }
    }
}
