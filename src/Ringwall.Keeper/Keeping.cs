using System.Runtime.InteropServices;
using Ringwall.Kernel;
using Ringwall.Kernel.Fanotify;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Handover;
using Ringwall.Kernel.Polling;
using Ringwall.Kernel.Processes;

namespace Ringwall.Keeper;

/// <summary>The keeper's whole work: watch the host, stand in for it, start it again.</summary>
internal sealed class Keeping : IDisposable
{
    private const int LookEveryMs = 200;
    private const int LooksUntilStuck = 5;
    private const int LooksUntilReady = 150;
    private const int ShortLifeMs = 5_000;
    private const int LongestDelayMs = 5_000;
    private static readonly TimeSpan PatienceForRefusal = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PatienceAtTheEnd = TimeSpan.FromSeconds(15);

    private readonly KeeperOptions _options;
    private readonly PermissionGroup _group;
    private readonly Heartbeat _heartbeat;
    private readonly StandIn _standIn;
    private readonly HostWatch _watch;
    private readonly WakeUp _endAsked = new();
    private readonly Pidfd? _owner;
    private HostRun? _host;
    private bool _standingIn;
    private bool _hostWasReady;
    private bool _ending;
    private bool _hungUp;
    private long _lookedAt;
    private int _looksWithoutReady;
    private int _refusal;
    private int _delayMs;
    private long _startAt;
    private long _endBy = long.MaxValue;

    private Keeping(KeeperOptions options, PermissionGroup group, Heartbeat heartbeat, int descriptorLimit)
    {
        _options = options;
        _group = group;
        _heartbeat = heartbeat;
        _watch = new HostWatch(heartbeat, LooksUntilStuck);
        _standIn = new StandIn(group, heartbeat, descriptorLimit);
        if (options.Owner is { } owner && !Pidfd.TryOpen(owner, out _owner))
        {
            _endAsked.Set();
        }
    }

    /// <summary>The first keeper: makes the group, stands in, and will start the host.</summary>
    public static Keeping Begin(KeeperOptions options, int descriptorLimit)
    {
        Keeping keeping = new(options, PermissionGroup.Create(), Heartbeat.Create(), descriptorLimit);
        keeping.StandIn(afterDeath: false);
        return keeping;
    }

    /// <summary>A later keeper: the host lost its keeper and started this one, giving it what the first one had.</summary>
    public static Keeping Resume(KeeperOptions options, int descriptorLimit)
    {
        PermissionGroup group = new(Inherited.Take(HandoverDescriptors.Group));
        Heartbeat heartbeat = Heartbeat.Adopt(Inherited.Take(HandoverDescriptors.Heartbeat));
        HandoverSocket socket = new(Inherited.Take(HandoverDescriptors.Socket));
        HostRun? host = HostRun.Adopt(options.Adopt!.Value, socket);
        Keeping keeping = new(options, group, heartbeat, descriptorLimit) { _host = host, _hostWasReady = true };
        if (host is null || heartbeat.KeeperReads)
        {
            // A host that lives and has its turn answers for itself. Otherwise somebody died who had read and not answered.
            keeping._standIn.HostPid = host?.Pidfd.Pid ?? 0;
            keeping.StandIn(afterDeath: true);
        }

        return keeping;
    }

    public void AskToEnd(PosixSignalContext context)
    {
        context.Cancel = true;
        _endAsked.Set();
    }

    /// <summary>Keeps until the end.</summary>
    /// <returns>The exit code: 0, or the first host's own when it ended by itself before it was ready (bad configuration, a missing right, another host); 1 when it could not be started.</returns>
    public int Run()
    {
        while (!_ending || _host is not null)
        {
            _heartbeat.KeeperBeat();
            if (_host is null && !_ending && Environment.TickCount64 >= _startAt)
            {
                StartHost();
            }

            SafeHandle?[] watched = [_host?.Pidfd.Handle, _hungUp ? null : _host?.Socket.Handle, _ending ? null : _endAsked.Handle, _ending ? null : _owner?.Handle];
            uint ready = Poll.Readable(watched, LookEveryMs);
            if ((ready & 0b10) != 0)
            {
                Hear();
            }

            if ((ready & 0b01) != 0)
            {
                HostEnded();
            }

            if ((ready & 0b1100) != 0)
            {
                End();
            }

            if (!_hungUp && _host is not null && IsTimeToLook())
            {
                Look(_host);
            }

            if (Environment.TickCount64 >= _endBy)
            {
                Tell("the host does not end; it is killed");
                _host?.Pidfd.TryKill();
                _endBy = long.MaxValue;
            }
        }

        return _refusal;
    }

    public void Dispose()
    {
        _standIn.Dispose();
        _endAsked.Dispose();
        _host?.Dispose();
        _owner?.Dispose();
        _group.Dispose();
        _heartbeat.Dispose();
    }

    // Standing in has begun before this is called, and goes on while the program is being started: its own opens are asked, too.
    private void StartHost()
    {
        try
        {
            _standIn.Programs = ProgramLoaders.Identities(_options.Host[0]);
            _host = HostRun.Start(_options, _group, _heartbeat);
            _standIn.HostPid = _host.Pidfd.Pid;
            _looksWithoutReady = 0;
        }
        catch (KernelException refused)
        {
            Tell($"the host could not be started: {refused.Message}");
            (_ending, _refusal) = _hostWasReady ? (false, 0) : (true, 1);
            Delay();
        }
    }

    private void Hear()
    {
        bool gone;
        while (_host!.Socket.TryHear(out HandoverWord word, out gone))
        {
            switch (word)
            {
                case HandoverWord.Ready:
                    Rest();
                    _host.Socket.Say(HandoverWord.Go);
                    break;
                case HandoverWord.TakeOver when !_standingIn:
                    StandIn(afterDeath: false);
                    _looksWithoutReady = 0;
                    _delayMs = 0;
                    _host.Socket.Say(HandoverWord.Taken);
                    break;
                case HandoverWord.Ending:
                    _ending = true;
                    break;
            }
        }

        if (gone)
        {
            // It is on its way out. Only when all of it is gone can it no longer be half-way through reading an event.
            // One that was never ready reads nothing: it may say with its exit code why it refuses. One that was to end reads nothing any more.
            _hungUp = true;
            if ((_hostWasReady && !_ending) || !_host.Pidfd.WaitForEnd(PatienceForRefusal))
            {
                _host.Pidfd.TryKill();
            }
        }
    }

    // A host that reads must move while something waits; one that does not yet, or no longer, must get to its start or its end.
    private void Look(HostRun host)
    {
        if (_standingIn)
        {
            _looksWithoutReady++;
        }

        bool late = _standingIn && _looksWithoutReady >= LooksUntilReady;
        if (late || !_standingIn && _watch.IsStuck(Poll.Readable([_group.Handle], 0) != 0))
        {
            Tell(late ? "the host does not get ready; it is ended" : "the host does not move while something waits; it is ended");
            host.Pidfd.TryKill();
            _watch.Reset();
            _looksWithoutReady = 0;
        }
    }

    // Looks are counted, so they must not come faster when there is much to hear.
    private bool IsTimeToLook()
    {
        long now = Environment.TickCount64;
        if (now - _lookedAt < LookEveryMs)
        {
            return false;
        }

        _lookedAt = now;
        return true;
    }

    private void HostEnded()
    {
        HostRun ended = _host!;
        Hear();     // what it said last
        _host = null;
        _hungUp = false;
        if (!_standingIn && !_ending)
        {
            StandIn(afterDeath: true);
        }

        _ = ended.AwaitEnd(TimeSpan.Zero, out ExitStatus? status);
        bool shortLife = Environment.TickCount64 - ended.StartedAt < ShortLifeMs;
        ended.Dispose();
        if (_ending)
        {
            return;
        }

        if (!_hostWasReady && status is { WasKilled: false, Code: var code })
        {
            // It has said why; starting it again would change nothing. A crash is a signal, and may not come again.
            _refusal = code;
            _ending = true;
            return;
        }

        Tell($"the host has ended ({(status is { } known ? known.ToString() : "by itself")}); its questions are answered by policy until the next one has started");
        if (shortLife)
        {
            Delay();
        }
        else
        {
            _delayMs = 0;
        }
    }

    private void End()
    {
        _ending = true;
        if (_host is null)
        {
            return;
        }

        // Until it has ended it is looked at like any other: what it was asked must be answered.
        _host.Socket.Say(HandoverWord.End);
        _endBy = Environment.TickCount64 + (long)PatienceAtTheEnd.TotalMilliseconds;
    }

    private void StandIn(bool afterDeath)
    {
        _heartbeat.KeeperReads = true;
        _standIn.Serve(afterDeath);
        _standingIn = true;
    }

    private void Rest()
    {
        _standIn.Rest();
        _heartbeat.KeeperReads = false;
        _standingIn = false;
        _hostWasReady = true;
        _watch.Reset();
    }

    private void Delay()
    {
        _delayMs = Math.Min(LongestDelayMs, Math.Max(100, _delayMs * 2));
        _startAt = Environment.TickCount64 + _delayMs;
    }

    private static void Tell(string what) => Console.Error.WriteLine($"ringwall-keeper: {what}");
}
