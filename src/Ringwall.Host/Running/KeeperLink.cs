// Owns:         the line to the keeper, and a new keeper's start when the old one is gone.
// Does not own: the group and the heartbeat (RunningHost), which it hands on.
// Threads:      one of its own waits for words and for the keeper's death; TakeTurn and GiveTurn by whoever runs the host, one at a time.
//               The line and what was asked on it are under the lock: a new keeper hears what the old one did not answer.
// Ordering:     Ready → Go → this host reads. Silent loop → TakeOver → Taken → this host ends.

using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Handover;
using Ringwall.Kernel.Polling;
using Ringwall.Kernel.Processes;

namespace Ringwall.Host.Running;

/// <summary>What this host and its keeper are to each other.</summary>
internal sealed class KeeperLink : IDisposable
{
    private const int LookEveryMs = 500;
    private const int LooksUntilStuck = 6;
    private const int ShortLifeMs = 5_000;
    private const int LongestDelayMs = 5_000;
    private readonly SafeFileHandle _group;
    private readonly Heartbeat _heartbeat;
    private readonly KeeperPrograms _programs;
    private readonly Action<string> _tell;
    private readonly ManualResetEventSlim _go = new();
    private readonly ManualResetEventSlim _taken = new();
    private readonly WakeUp _stop = new();
    private readonly Thread _thread;
    private readonly Lock _line = new();
    private HandoverSocket _socket;
    private HandoverWord? _unanswered;
    private Pidfd? _keeper;
    private ChildProcess? _child;
    private volatile bool _ending;
    private ulong _tick;
    private int _looksWithoutTick;
    private int _started;
    private int _delayMs;
    private long _startedAt;

    /// <param name="group">The group's descriptor, for the next keeper.</param>
    /// <param name="heartbeat">The shared page, for the next keeper.</param>
    /// <param name="programs">What to start.</param>
    /// <param name="tell">Hears what an operator should know.</param>
    public KeeperLink(SafeFileHandle group, Heartbeat heartbeat, KeeperPrograms programs, Action<string> tell)
    {
        _group = group;
        _heartbeat = heartbeat;
        _programs = programs;
        _tell = tell;
        _socket = new HandoverSocket(Inherited.Take(HandoverDescriptors.Socket));

        // Not the parent: when the keeper has died already, that is somebody who adopted this process.
        _keeper = _socket.OpenMaker();
        _thread = new Thread(Run) { Name = "keeper link", IsBackground = true };
    }

    /// <summary>The keeper wants this host to end for good.</summary>
    public event Action? EndAsked;

    /// <summary>Hears of each keeper's process, the former one and the new one, so that a keeper is never made to wait for a verdict; 0 is none.</summary>
    public event Action<int, int>? KeeperChanged;

    /// <summary>The keeper's process; 0 when there is none.</summary>
    public int KeeperPid => _keeper?.Pid ?? 0;

    /// <summary>Keepers that this host had to start.</summary>
    public int Started => _started;

    public void Start()
    {
        KeeperChanged?.Invoke(0, KeeperPid);
        _thread.Start();
    }

    /// <summary>Waits until the keeper no longer reads.</summary>
    /// <returns>False when no keeper answers and none could be started: reading is this host's.</returns>
    public bool TakeTurn(TimeSpan patience) => Ask(HandoverWord.Ready, _go, patience);

    /// <summary>Has the keeper read. Call when everything that was read is answered.</summary>
    /// <returns>False when it does not answer: it is killed and another one is started; take the turn back before reading.</returns>
    public bool GiveTurn(TimeSpan patience)
    {
        if (Ask(HandoverWord.TakeOver, _taken, patience))
        {
            _ending = true;
            return true;
        }

        // Left alive it might still hear us, and then two would read.
        lock (_line)
        {
            _unanswered = null;
            _ = _keeper?.TryKill();
        }

        return false;
    }

    /// <summary>The keeper is to end with this host, not to start another.</summary>
    public void SayEnding()
    {
        _ending = true;
        lock (_line)
        {
            _socket.Say(HandoverWord.Ending);
        }
    }

    public void Dispose()
    {
        _ending = true;
        _stop.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _socket.Dispose();
        _keeper?.Dispose();
        _stop.Dispose();
    }

    private bool Ask(HandoverWord word, ManualResetEventSlim answered, TimeSpan patience)
    {
        lock (_line)
        {
            answered.Reset();
            _unanswered = word;
            _socket.Say(word);
        }

        return answered.Wait(patience);
    }

    private void Run()
    {
        bool lost = false;
        while (true)
        {
            // A dead keeper's descriptors are always ready; what is waited for then is the time of the next attempt.
            long left = lost && !_ending ? Math.Max(0, _startedAt + _delayMs - Environment.TickCount64) : LookEveryMs;
            uint ready = Poll.Readable(lost ? [_stop.Handle] : [_stop.Handle, _socket.Handle, _keeper?.Handle], (int)left);
            if ((ready & 1) != 0)
            {
                return;
            }

            while (_socket.TryHear(out HandoverWord word, out _))
            {
                Hear(word);
            }

            lost |= (ready & 4) != 0 || Poll.IsHungUp(_socket.Handle) || IsStuck(ready);
            if (lost && !_ending && Environment.TickCount64 - _startedAt >= _delayMs)
            {
                lost = !TryReplace();
            }
        }
    }

    private void Hear(HandoverWord word)
    {
        switch (word)
        {
            case HandoverWord.Go:
                Answered(_go);
                break;
            case HandoverWord.Taken:
                Answered(_taken);
                break;
            case HandoverWord.End:
                _ending = true;
                EndAsked?.Invoke();
                break;
        }
    }

    private void Answered(ManualResetEventSlim word)
    {
        lock (_line)
        {
            _unanswered = null;
            word.Set();
        }
    }

    // A stopped keeper would leave everybody hanging if this host died, too. Only looks at which nothing was heard count: words come faster.
    private bool IsStuck(uint ready)
    {
        ulong tick = _heartbeat.KeeperTick;
        _looksWithoutTick = tick != _tick ? 0 : ready == 0 ? _looksWithoutTick + 1 : _looksWithoutTick;
        _tick = tick;
        return _looksWithoutTick >= LooksUntilStuck;
    }

    // One that lives shortly is replaced ever more slowly, as is one that cannot be started.
    private bool TryReplace()
    {
        int former = KeeperPid;
        _tell($"the keeper ({former}) is gone or does not move; a new one is started");
        _looksWithoutTick = 0;
        _delayMs = Environment.TickCount64 - _startedAt < ShortLifeMs + _delayMs ? Math.Min(LongestDelayMs, Math.Max(100, _delayMs * 2)) : 0;
        _startedAt = Environment.TickCount64;
        if (_keeper is { } old && old.TryKill() && !old.WaitForEnd(TimeSpan.FromSeconds(1)))
        {
            return false;   // while it is there it may still read
        }

        _ = _child?.TryWait(TimeSpan.Zero, out _);
        try
        {
            (HandoverSocket mine, SafeFileHandle theirs) = HandoverSocket.Pair();
            using SafeFileHandle forKeeper = theirs;
            using SafeFileHandle nothing = Inherited.DevNull();
            ChildProcess started = Spawn.Start(new SpawnRequest
            {
                Path = _programs.Keeper,
                Arguments = _programs.AdoptingArguments(Environment.ProcessId),
                Environment = HandoverDescriptors.Environment(),
                Descriptors = HandoverDescriptors.For(_group, _heartbeat.Handle, forKeeper, nothing),
                Group = SpawnGroup.OwnSession,
            });
            lock (_line)
            {
                _socket.Dispose();
                _keeper?.Dispose();
                _socket = mine;
                _child = started;
                _keeper = started.Pidfd;
                if (_unanswered is { } word)
                {
                    _socket.Say(word);
                }
            }

            _started++;
            KeeperChanged?.Invoke(former, KeeperPid);
            return true;
        }
        catch (KernelException refused)
        {
            _tell($"a new keeper could not be started: {refused.Message}");
            return false;
        }
    }
}
