// Owns:         the reading end of the permission group, and with it every event until it is an ask in the table or answered.
// Does not own: the group's marks on filesystems (MountMarks), the sensors' lives (supervision), the clock (DeadlineThread).
// Threads:      one, the answering thread, runs everything but what is marked "any thread". It allocates nothing per ask, waits only in
//               epoll (and for a system call of the deadline thread: AskTable.AwaitAnswer), and opens, logs and locks nothing: somebody
//               is stopped in the kernel until it answers, and it may be anybody.
// Ordering:     read → look up → (ask → verdict) → answer → remember → note down → close.
// Length:       more than 500 lines, because the whole path of one event on one thread is read at one place.

using System.Collections.Concurrent;
using Ringwall.Contract;
using Ringwall.Host.Decide;
using Ringwall.Host.Decide.Blocking;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Deliver;
using Ringwall.Host.Deliver.Asks;
using Ringwall.Host.Generations.Shadows;
using Ringwall.Host.Intake.Tells;
using Ringwall.Kernel.Fanotify;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Handover;
using Ringwall.Kernel.Polling;
using Ringwall.Kernel.Scheduling;
using Answer = Ringwall.Host.Decide.AskCounters.Answer;

namespace Ringwall.Host.Intake.Asks;

/// <summary>Answers the kernel: from memory, or by asking the sensors.</summary>
internal sealed class AnsweringLoop : IDisposable
{
    private const int GroupTag = -1;
    private const int WakeTag = -2;
    private const int EventsAtOnce = 64;
    private const int MessagesAtOnce = 64;
    private const int ReadsInARow = 32;

    // Kernels before 6.13 stamp changes with the clock's tick; a younger change time could hide a further change.
    private static readonly TimeSpan RestOfChangeTime = TimeSpan.FromMilliseconds(20);

    private readonly AskContext _context;
    private readonly PermissionGroup _group;
    private readonly Heartbeat _heartbeat;
    private readonly AskTable _asks;
    private readonly Blocks _blocks;
    private readonly RememberedVerdicts _remembered;
    private readonly SeatTable _seats = new();
    private readonly AskDelivery _delivery;
    private readonly AskEnding _ending;
    private readonly DenialCheck _denials;
    private readonly Epoll _epoll = new(ISeats.Most + 2);
    private readonly WakeUp _wake = new();
    private readonly ConcurrentQueue<Action> _mail = new();
    private readonly byte[] _events = GC.AllocateArray<byte>(24 * EventsAtOnce, pinned: true);
    private readonly byte[] _path = GC.AllocateArray<byte>(OpenFile.LongestPath, pinned: true);
    private readonly byte[] _message = GC.AllocateArray<byte>(Protocol.MaxMessageBytes, pinned: true);
    private int _dropAsked;
    private bool _readsGroup;
    private bool _paused;
    private volatile bool _stopping;
    private int _overdue;
    private Thread? _thread;

    public AnsweringLoop(AskContext context)
    {
        _context = context;
        _group = context.Group;
        _heartbeat = context.Heartbeat;
        _asks = context.Asks;
        _blocks = context.Blocks;
        _remembered = new RememberedVerdicts(context.RememberAtMost);
        Kernel = new KernelMemory(_group, AskToDropAll);
        _delivery = new AskDelivery(context, _seats, _epoll);
        _ending = new AskEnding(context, _seats, _remembered, Kernel, Counters);
        _denials = new DenialCheck(context, Counters, _ending);
        _epoll.Add(_wake.Handle, WakeTag);
    }

    public AskCounters Counters { get; } = new();

    /// <summary>What the kernel remembers; hears of file changes.</summary>
    public KernelMemory Kernel { get; }

    /// <summary>Asks in flight. Any thread.</summary>
    public int InFlight => (int)_heartbeat.Pending;

    /// <summary>Starts the answering thread. It reads nothing until <see cref="StartReading"/>.</summary>
    public void Start()
    {
        _thread = new Thread(Run, maxStackSize: 512 * 1024) { Name = "answering", IsBackground = true };
        _thread.Start();
    }

    /// <summary>From now on this thread is the group's one reader. Any thread.</summary>
    public void StartReading() => Do(() =>
    {
        _readsGroup = true;
        _epoll.Add(_group.Handle, GroupTag);
    });

    /// <summary>Reads no more, answers what it has read, and returns when all is answered. Any thread.</summary>
    public void StopReading()
    {
        Do(() =>
        {
            if (_readsGroup)
            {
                _epoll.Remove(_group.Handle);
                _readsGroup = false;
            }
        });
        SpinWait patience = default;
        while (_heartbeat.Pending > 0)
        {
            patience.SpinOnce();    // bounded by the deadlines
        }
    }

    /// <summary>Ends the thread, and returns when it has ended. Any other thread; after <see cref="StopReading"/>.</summary>
    public void Stop()
    {
        Do(() => _stopping = true);
        _thread!.Join();
    }

    /// <summary>Nothing that was remembered counts any more. Any thread; returns at once.</summary>
    public void AskToDropAll()
    {
        Volatile.Write(ref _dropAsked, 1);
        _wake.Set();
    }

    /// <summary>The same, and done when this returns. Any thread; waits for the answering thread.</summary>
    public void DropAllNow() => Do(DropAll);

    /// <summary>The deadline thread has answered something; it is to be tidied up. Any thread; returns at once.</summary>
    public void TidyOverdue()
    {
        Volatile.Write(ref _overdue, 1);
        _wake.Set();
    }

    /// <summary>A denied file has been looked at. Any thread; returns at once.</summary>
    public void HearChecked() => _wake.Set();

    /// <summary>What is remembered about a file. Any thread; waits for the answering thread.</summary>
    public Verdict RememberedFor(FileIdentity file, EventClass of)
    {
        Verdict found = Verdict.None;
        Do(() => found = _remembered.Cacheable(file, of));
        return found;
    }

    /// <summary>What the answering thread has allocated since it started. Any thread; for the test that it does not.</summary>
    public long AllocatedBytes()
    {
        long bytes = 0;
        Do(() => bytes = GC.GetAllocatedBytesForCurrentThread());
        return bytes;
    }

    /// <summary>
    /// Asks the sensors about an open file as if somebody had opened or executed it; nobody waits in the kernel for the answer, and nothing is
    /// remembered. Any thread; one at a time; waits until it is answered or overdue. The descriptor is closed here.
    /// </summary>
    public Inquiry Inquire(int fd, EventClass of)
    {
        Inquiry inquiry = new();
        Do(() =>
        {
            uint seats = _seats.For(of);
            if (seats == 0 || !OpenFile.TryStat(fd, out FileState file) || _asks.Free == 0)
            {
                inquiry.Finish(Verdict.Allow, DecisionReason.SensorAway);
                OpenFile.Close(fd);
                return;
            }

            // The kernel knows no event of this number, so answering it is answering nobody (ENOENT).
            _ending.Inquiry = inquiry;
            OpenAsk(new PermissionEvent(PermissionEvents.None, fd, 0), of, file, seats, away: false, OpenFile.TryReadPath(fd, _path), MonotonicClock.NowNs, isInquiry: true);
        });
        inquiry.Await();
        return inquiry;
    }

    public void Seat(SensorSeat seat) => Do(() =>
    {
        _seats.Add(seat);
        _epoll.Add(seat.Socket, seat.Place);
        DropAll();
    });

    public void Unseat(SensorSeat seat) => Do(() =>
    {
        if (seat.Place < 0)
        {
            return;
        }

        if (!seat.IsClosed)
        {
            _epoll.Remove(seat.Socket);
        }

        int place = seat.Place;
        _seats.Remove(seat);
        _ending.AbandonAsksOf(place);
        DropAll();
    });

    /// <inheritdoc cref="IServiceSeats.Relieve"/>
    public void Relieve(SensorSeat? leave, SensorSeat enter) => Do(() =>
    {
        int left = leave?.Place ?? -1;
        if (left >= 0)
        {
            if (!leave!.IsClosed)
            {
                _epoll.Remove(leave.Socket);
            }

            _seats.Relieve(leave);
        }

        _seats.Add(enter);
        _epoll.Add(enter.Socket, enter.Place);
        if (left >= 0)
        {
            AskAnew(left, enter.Place);
        }

        DropAll();
    });

    public void Dismiss(string name) => Do(() =>
    {
        _seats.Dismiss(name);
        DropAll();
    });

    public void Miss(string name, AskKinds asks) => Do(() =>
    {
        _seats.Miss(name, asks);
        DropAll();
    });

    /// <summary>After <see cref="Stop"/>.</summary>
    public void Dispose()
    {
        _epoll.Dispose();
        _wake.Dispose();
    }

    private void Do(Action work)
    {
        using ManualResetEventSlim done = new();
        Exception? failed = null;
        _mail.Enqueue(() =>
        {
            try
            {
                work();
            }
            catch (InvalidOperationException refused)
            {
                failed = refused;
            }

            done.Set();
        });
        _wake.Set();
        done.Wait();
        if (failed is not null)
        {
            throw failed;
        }
    }

    private void Run()
    {
        // Everybody who opens a file waits for this thread: on a machine with thirty others to run, even a large share of its processors is late by tenths of a second.
        _ = Urgency.TryRunFirst() || Urgency.TryPrefer();
        while (!_stopping)
        {
            int ready = _epoll.Wait(-1);
            _heartbeat.MakeProgress();
            bool askWaits = false;
            for (int i = 0; i < ready; i++)
            {
                Readiness one = _epoll.Ready(i);
                switch (one.Tag)
                {
                    case GroupTag:
                        askWaits = true;    // after the verdicts: they free what asks take
                        break;
                    case WakeTag:
                        TakeMail();
                        break;
                    default:
                        if (_seats[one.Tag] is { } seat)
                        {
                            Hear(seat, one);
                        }

                        break;
                }
            }

            if (_paused && _readsGroup && _asks.Free >= EventsAtOnce)
            {
                _paused = false;
                _epoll.Change(_group.Handle, GroupTag, readable: true);
            }

            if (_readsGroup && (askWaits || _asks.InFlight == 0))
            {
                ReadOn();
            }
        }
    }

    private void TakeMail()
    {
        _wake.Clear();
        if (Interlocked.Exchange(ref _overdue, 0) != 0)
        {
            _ending.FinishOverdue();
        }

        _denials.TakeChecked();
        TakeLookedAt();
        if (Interlocked.Exchange(ref _dropAsked, 0) != 0)
        {
            DropAll();
        }

        while (_mail.TryDequeue(out Action? work))
        {
            work();
        }
    }

    // Whoever was answered may ask again before this thread would wait, and a sensor may judge as soon as it is sent to: looking costs less than
    // waiting in epoll and looking then. Ends when there is nothing, or when somebody takes time to judge; other work is never kept long.
    private void ReadOn()
    {
        for (int i = 0; i < ReadsInARow && ReadAsks(); i++)
        {
            _heartbeat.MakeProgress();
            if (_asks.InFlight > 0)
            {
                HearAwaited();
            }

            if (_asks.InFlight > 0)
            {
                return;
            }
        }
    }

    private void HearAwaited()
    {
        for (int place = 0; place < ISeats.Most; place++)
        {
            if (_seats[place] is { IsClosed: false, Counters.Awaited: > 0 } seat)
            {
                Hear(seat, new Readiness(place, Readable: true, Writable: false, HungUp: false));
            }
        }
    }

    // Whether any was read.
    private bool ReadAsks()
    {
        if (_asks.Free < EventsAtOnce)
        {
            // Reading on would run into the descriptor limit, where the kernel denies by itself. Answers come first.
            Counters.Count(EventClass.Open, Answer.Full);
            _paused = true;
            _epoll.Change(_group.Handle, GroupTag, readable: false);
            return false;
        }

        if (!_group.TryRead(_events, out int read))
        {
            Counters.Count(EventClass.Open, Answer.NoDescriptor);
            return false;
        }

        PermissionEventReader events = new(_events.AsSpan(0, read));
        while (events.TryRead(out PermissionEvent asked))
        {
            Take(asked);
        }

        return read > 0;
    }

    private void Take(in PermissionEvent asked)
    {
        long now = MonotonicClock.NowNs;
        EventClass of = (asked.Events & PermissionEvents.OpenForExecution) != 0 ? EventClass.Exec : EventClass.Open;
        if (_context.Own.Contains(asked.Pid))
        {
            AnswerNow(asked.EventFd, of, Verdict.Allow, Answer.Own);
            return;
        }

        if (!OpenFile.TryStat(asked.EventFd, out FileState file) || !file.IsRegular || _context.IsOwnFile(file.Identity))
        {
            AnswerNow(asked.EventFd, of, Verdict.Allow, Answer.NotAFile);
            return;
        }

        if (_remembered.Holds(file.Identity) && AnswerFromMemory(asked.EventFd, asked.Pid, of, file, now))
        {
            return;
        }

        if (_context.Overrides.Holds(file.Identity) && IsUnwritten(asked.EventFd, file.Identity))
        {
            _context.Overrides.CountUse(file.Identity);
            AnswerNow(asked.EventFd, of, Verdict.Allow, Answer.Override);
            return;
        }

        BlockRuling ruling = _blocks.Judge(file, out BlockedContent? block);
        if (ruling == BlockRuling.Blocked)
        {
            _ = _ending.Respond(asked.EventFd, Verdict.Deny);
            Counters.Count(of, Answer.Denied);
            _ending.NoteBlocked(new Ask { EventFd = asked.EventFd, Pid = asked.Pid, Class = of, File = file }, block!);
            OpenFile.Close(asked.EventFd);
            return;
        }

        int pathLength = OpenFile.TryReadPath(asked.EventFd, _path);
        if (of == EventClass.Open && !InScope(pathLength))
        {
            AnswerNow(asked.EventFd, of, Verdict.Allow, Answer.OutOfScope, outOfScope: file);
            return;
        }

        uint seats = _seats.For(of);
        bool away = _seats.IsAway(of);
        if (seats == 0 && !away && ruling == BlockRuling.Free)
        {
            AnswerNow(asked.EventFd, of, Verdict.Allow, Answer.Nobody);
            return;
        }

        OpenAsk(asked, of, file, seats, away, pathLength, now, isSuspect: ruling == BlockRuling.Unknown);
    }

    private bool AnswerFromMemory(int eventFd, int pid, EventClass of, in FileState file, long now)
    {
        Verdict verdict = _remembered.Cacheable(file.Identity, of, out int decidedBy);
        bool thatIsAll = verdict == Verdict.Allow && !Kernel.MayRemember(file);

        // Whoever opens for writing is counted as a writer before its own open is asked about, so no writer passes unseen here.
        if (thatIsAll ? OpenFile.HasWriterUntilClose(eventFd) : OpenFile.HasWriter(eventFd))
        {
            _remembered.Forget(file.Identity);
            return false;
        }

        if (verdict == Verdict.None || (verdict == Verdict.Deny && _denials.Outdates(eventFd, file, pid, decidedBy < 0 ? null : _seats[decidedBy])))
        {
            return false;
        }

        if (thatIsAll)
        {
            // The kernel knows the event by this number, open or not; closed first, the lease is gone before the asker goes on.
            OpenFile.Close(eventFd);
        }

        _ = _ending.Respond(eventFd, verdict);
        Counters.Count(of, Answer.Remembered);
        Counters.Remembered.Record(MonotonicClock.NowNs - now);
        if (thatIsAll)
        {
            return true;
        }

        if (verdict == Verdict.Deny)
        {
            _ending.Note(new Ask { EventFd = eventFd, Pid = pid, Class = of, File = file, DecidedBy = decidedBy }, 0, default, fromCache: true);
        }
        else if (Kernel.TryRemember(eventFd, of, file))
        {
            Counters.Count(of, Answer.KernelRemembered);
        }

        OpenFile.Close(eventFd);
        return true;
    }

    // An override is of the bytes. Where stores leave the file's times alone, a writer may change them unseen once it was let in.
    private bool IsUnwritten(int eventFd, in FileIdentity file)
    {
        if (!OpenFile.HasWriter(eventFd))
        {
            return true;
        }

        if (!_context.Watched.TraitsOf(file.Device).StoresMoveTimes)
        {
            _context.Overrides.Lose(file);
        }

        return false;
    }

    // A file whose path is too long to be told (or that has none) may be anywhere.
    private bool InScope(int pathLength) => pathLength == 0 || _context.Scope.Covers(_path.AsSpan(0, pathLength));

    private void OpenAsk(
        in PermissionEvent asked, EventClass of, in FileState file, uint seats, bool away, int pathLength, long now, bool isInquiry = false, bool isSuspect = false)
    {
        AskPolicy policy = _context.Policies[of];
        Verdict fallback = policy.Fallback.Resolve(_remembered.LastKnown(file.Identity, of));
        if (fallback == Verdict.Deny && _denials.IsProtected(file, _path.AsSpan(0, pathLength)))
        {
            fallback = Verdict.Allow;   // a machine without it could not be mended, and a sensor that says nothing would have denied it
        }

        if (away && (seats == 0 || fallback == Verdict.Deny))
        {
            AnswerNow(asked.EventFd, of, fallback, Answer.Away);
            return;
        }

        int slot = _asks.Take();
        ref Ask ask = ref _asks[slot];
        ask.EventFd = asked.EventFd;
        ask.Pid = asked.Pid;
        ask.Class = of;
        ask.File = file;
        ask.ReadNs = now;
        ask.DeadlineNs = now + (policy.Deadline.Ticks * 100);
        ask.FallbackVerdict = fallback;
        ask.Incomplete = away;
        ask.Cacheable = true;
        _asks.KeepPath(slot, _path.AsSpan(0, pathLength));
        ask.DecidedBy = -1;
        FilesystemTraits traits = _context.Watched.TraitsOf(file.Identity.Device);
        if (!isInquiry && traits.Remember
            && (traits.StoresMoveTimes || of == EventClass.Open || file.OnlyRootMayWrite || InScope(pathLength))
            && (_seats.SayCacheable(seats) || policy.Fallback == Fallback.LastKnown)
            && !file.ChangedWithin(RestOfChangeTime, (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * 100)
            && !OpenFile.HasWriter(asked.EventFd))
        {
            ask.Reservation = _remembered.Reserve(file.Identity);
        }

        _heartbeat.SetFallback(asked.EventFd, fallback == Verdict.Deny ? PermissionResponse.Deny : PermissionResponse.Allow);
        _heartbeat.Pending = (uint)_asks.InFlight;

        _ = _context.Processes.TryGet(asked.Pid, out ProcessEntry? process);
        ask.Question = process is null
            ? SameQuestion.Of(file.Identity, of, ulong.MaxValue, (ulong)asked.Pid, 0)
            : SameQuestion.Of(file.Identity, of, process.ExecutableFile.Device, process.ExecutableFile.Inode, process.User);
        if (isInquiry)
        {
            _ending.InquirySlot = slot;
            ask.Question = default;     // nobody's: nobody follows it
        }
        else if (_ending.Leaders.TryGetValue(ask.Question, out int leader))
        {
            ask.Follows = true;
            ask.DeadlineNs = _asks[leader].DeadlineNs;
            ask.Next = _asks[leader].Next;
            _asks[leader].Next = slot;
            _asks.Open(slot);
            return;
        }
        else
        {
            _ending.Leaders[ask.Question] = slot;
        }

        ask.WaitsFor = seats;
        ask.Held += isSuspect && _blocks.TryHold(_asks.TicketOf(slot), asked.EventFd, file) ? 1 : 0;
        _asks.Open(slot);
        _delivery.Send(slot, seats, process, _path.AsSpan(0, pathLength));
        if (ask is { WaitsFor: 0, Held: 0 })
        {
            // Nobody is asked, and there was no room for a look at its bytes.
            _ending.Finish(slot, Verdict.Allow, DecisionReason.SensorAway);
        }
    }

    // Goes on with the asks whose files have been looked at for blocked bytes.
    private void TakeLookedAt()
    {
        while (_blocks.TryTake(out ulong ticket, out BlockedContent? found))
        {
            if (!_asks.TryFind(ticket, out int slot))
            {
                continue;
            }

            ref Ask ask = ref _asks[slot];
            ask.Held--;
            if (found is not null)
            {
                _ending.Block = found;
                _ending.Finish(slot, Verdict.Deny, DecisionReason.Blocked, found.Why);
                _ending.Block = null;
            }
            else if (ask is { WaitsFor: 0, Held: 0 })
            {
                _ending.Finish(slot, Verdict.Allow, ask.Incomplete ? DecisionReason.SensorAway : DecisionReason.Sensors);
            }
        }
    }

    // What the sensor at one place was asked and has not answered is asked of the one at the other, which may be the same place.
    private void AskAnew(int left, int entered)
    {
        uint bit = 1u << left;
        for (int slot = 0; slot <= _asks.Highest; slot++)
        {
            if (_asks.StateIs(slot, out _) != AskState.Open)
            {
                continue;
            }

            ref Ask ask = ref _asks[slot];
            if (ask.AdvisoryBy == left)
            {
                ask.AdvisoryBy = -1;    // whoever sits there now did not say it
            }

            if ((ask.WaitsFor & bit) == 0)
            {
                continue;
            }

            ask.WaitsFor &= ~bit;
            ask.Unsent &= ~bit;
            uint asked = _seats.For(ask.Class) & (1u << entered);
            if (asked == 0)
            {
                ask.Incomplete = true;
                if (ask is { WaitsFor: 0, Held: 0 })
                {
                    _ending.Finish(slot, ask.FallbackVerdict, DecisionReason.SensorAway);
                }

                continue;
            }

            ask.WaitsFor |= asked;
            _delivery.SendAgain(slot, asked);
        }
    }

    private void Hear(SensorSeat seat, in Readiness ready)
    {
        for (int i = 0; ready.Readable && i < MessagesAtOnce; i++)
        {
            switch (seat.Socket.TryReceive(_message, out int length))
            {
                case ReceiveOutcome.Received:
                    HearOne(seat, _message.AsSpan(0, length));
                    if (seat.Counters.Awaited > 0)
                    {
                        continue;
                    }

                    break;      // it owes nothing: to look for more costs a system call, and epoll tells of what comes
                case ReceiveOutcome.TooLong:
                    seat.Counters.CountMalformed();
                    continue;
                case ReceiveOutcome.Closed or ReceiveOutcome.Refused:
                    StopListening(seat);
                    return;
                default:
                    break;
            }

            break;
        }

        if (ready.HungUp && !ready.Readable)
        {
            StopListening(seat);
        }
        else if (ready.Writable)
        {
            _delivery.SendWaiting(seat);
        }
    }

    // The sensor has closed its end; supervision sees the same and will take the seat away. Until then its socket would wake us for ever.
    private void StopListening(SensorSeat seat)
    {
        seat.IsClosed = true;
        _epoll.Remove(seat.Socket);
    }

    private void HearOne(SensorSeat seat, ReadOnlySpan<byte> message)
    {
        if (!MessageHead.TryRead(message, out MessageKind kind))
        {
            seat.Counters.CountMalformed();
            return;
        }

        if (kind != MessageKind.Verdict)
        {
            seat.Inbox.Put(message);
            return;
        }

        if (!VerdictMessage.TryRead(message, out VerdictMessage said))
        {
            seat.Counters.CountMalformed();
            return;
        }

        seat.Counters.CountVerdict(said.Cacheable);
        uint bit = 1u << seat.Place;
        if (!_asks.TryFind(said.Ticket, out int slot) || (_asks[slot].WaitsFor & bit) == 0)
        {
            // Late, repeated or invented: all three are the sensor's fault and none may reach the kernel. What it was asked as a shadow it may still answer.
            if (!Shadow.IsTicket(said.Ticket))
            {
                seat.Counters.CountNotExpected();
            }

            return;
        }

        ref Ask ask = ref _asks[slot];
        if (slot == _ending.InquirySlot)
        {
            _ending.Inquiry!.Add(seat.Name, said, MonotonicClock.NowNs - ask.ReadNs);
        }

        ask.WaitsFor &= ~bit;
        ask.Cacheable &= said.Cacheable;
        seat.Counters.CountAnswered(said.Verdict == Verdict.Deny);
        seat.Counters.Latency.Record(MonotonicClock.NowNs - ask.ReadNs);
        if (said.Verdict == Verdict.Deny && _denials.Rule(seat, slot, said) == DenialRuling.Applied)
        {
            ask.DecidedBy = seat.Place;
            ask.Cacheable = said.Cacheable;     // what the others thought does not matter any more
            ask.Incomplete = false;
            _ending.Finish(slot, Verdict.Deny, DecisionReason.Sensors, said.Reason);
        }
        else if (ask is { WaitsFor: 0, Held: 0 })
        {
            _ending.Finish(slot, Verdict.Allow, ask.Incomplete ? DecisionReason.SensorAway : DecisionReason.Sensors);
        }
    }

    private void AnswerNow(int eventFd, EventClass of, Verdict verdict, Answer how, FileState? outOfScope = null)
    {
        _ = _ending.Respond(eventFd, verdict);
        Counters.Count(of, how);
        if (outOfScope is { } file)
        {
            Silence(eventFd, file);
        }

        OpenFile.Close(eventFd);
    }

    // Silence is of the file, scope of the path: only a file with one name, reached by the one mount of its filesystem, has no other path that
    // could be guarded. Mounts in other namespaces, bind mounts and hard links therefore stay asked about.
    private void Silence(int eventFd, in FileState file)
    {
        int onlyMount = _context.Watched.TraitsOf(file.Identity.Device).OnlyMount;
        if (file.Links != 1 || onlyMount == 0 || onlyMount != file.Mount || !Kernel.TrySilence(eventFd, file.Identity))
        {
            return;
        }

        // It may have been renamed into scope between its path and its mark; from the mark on, that is heard of.
        if (!OpenFile.TryStat(eventFd, out FileState now) || now.Links != 1 || InScope(OpenFile.TryReadPath(eventFd, _path)))
        {
            Kernel.Unsilence(eventFd);
        }
    }

    private void DropAll()
    {
        _remembered.ForgetAll();
        Kernel.DropAll();
    }
}
