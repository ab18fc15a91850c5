// Owns:         the line to the keeper, and a new keeper's start when the old one is gone.
// Does not own: the group and the heartbeat (RunningHost), which it hands on.
// Threads:      one of its own waits for words and for the keeper's death; TakeTurn and GiveTurn by whoever runs the host.
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
    private readonly SafeFileHandle _group;
    private readonly Heartbeat _heartbeat;
    private readonly KeeperPrograms _programs;
    private readonly Action<string> _tell;
    private readonly ManualResetEventSlim _go = new();
    private readonly ManualResetEventSlim _taken = new();
    private readonly WakeUp _stop = new();
    private readonly Thread _thread;
    private HandoverSocket _socket;
    private Pidfd? _keeper;
    private ChildProcess? _child;
    private volatile bool _ending;
    private ulong _tick;
    private int _looksWithoutTick;
    private int _started;

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
        _ = Pidfd.TryOpen(ParentProcess.Pid, out _keeper);
        _thread = new Thread(Run) { Name = "keeper link", IsBackground = true };
    }

    /// <summary>The keeper wants this host to end for good.</summary>
    public event Action? EndAsked;

    /// <summary>Hears of each keeper's process, so that it is never made to wait for a verdict.</summary>
    public event Action<int>? KeeperChanged;

    /// <summary>The keeper's process; 0 when there is none.</summary>
    public int KeeperPid => _keeper?.Pid ?? 0;

    /// <summary>Keepers that this host had to start.</summary>
    public int Started => _started;

    public void Start()
    {
        KeeperChanged?.Invoke(KeeperPid);
        _thread.Start();
    }

    /// <summary>Waits until the keeper no longer reads.</summary>
    /// <returns>False when the keeper does not answer; then it is gone or stuck, and the link deals with that: reading is this host's.</returns>
    public bool TakeTurn(TimeSpan patience)
    {
        _socket.Say(HandoverWord.Ready);
        return _go.Wait(patience);
    }

    /// <summary>Has the keeper read. Call when everything that was read is answered.</summary>
    public bool GiveTurn(TimeSpan patience)
    {
        _ending = true;
        _socket.Say(HandoverWord.TakeOver);
        return _taken.Wait(patience);
    }

    /// <summary>The keeper is to end with this host, not to start another.</summary>
    public void SayEnding()
    {
        _ending = true;
        _socket.Say(HandoverWord.Ending);
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

    private void Run()
    {
        while (true)
        {
            uint ready = Poll.Readable([_stop.Handle, _socket.Handle, _keeper?.Handle], LookEveryMs);
            if ((ready & 1) != 0)
            {
                return;
            }

            bool gone = (ready & 4) != 0;
            while (_socket.TryHear(out HandoverWord word, out bool hungUp))
            {
                gone |= hungUp;
                Hear(word);
            }

            if (!_ending && (gone || (ready & 2) != 0 && IsHungUp() || IsStuck()))
            {
                Replace();
            }
        }
    }

    private void Hear(HandoverWord word)
    {
        switch (word)
        {
            case HandoverWord.Go:
                _go.Set();
                break;
            case HandoverWord.Taken:
                _taken.Set();
                break;
            case HandoverWord.End:
                _ending = true;
                EndAsked?.Invoke();
                break;
        }
    }

    private bool IsHungUp()
    {
        _ = _socket.TryHear(out _, out bool gone);
        return gone;
    }

    // A stopped keeper would leave everybody hanging if this host died, too.
    private bool IsStuck()
    {
        ulong tick = _heartbeat.KeeperTick;
        _looksWithoutTick = tick == _tick ? _looksWithoutTick + 1 : 0;
        _tick = tick;
        return _looksWithoutTick >= LooksUntilStuck;
    }

    private void Replace()
    {
        _tell($"the keeper ({KeeperPid}) is gone or does not move; a new one is started");
        _looksWithoutTick = 0;
        _keeper?.TryKill();
        _child?.TryWait(TimeSpan.FromSeconds(1), out _);
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
            _socket.Dispose();
            _socket = mine;
            _child = started;
            _keeper = started.Pidfd;
            _started++;

            // A keeper that dies before it says Go leaves the reading to this host.
            _go.Set();
            KeeperChanged?.Invoke(KeeperPid);
        }
        catch (KernelException refused)
        {
            _tell($"a new keeper could not be started: {refused.Message}");
        }
    }
}
