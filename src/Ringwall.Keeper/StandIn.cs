// Owns:         the reading end of the permission group while no host has it, and every event that it reads.
// Does not own: the group (shared with the host), the decision when to stand in (Program).
// Threads:      one, the answering thread; started before anything is spawned, because a program that is being started waits for it.
// Ordering:     the former reader is dead or silent → sweep → read. Never two readers.

using System.Runtime.InteropServices;
using Ringwall.Kernel.Fanotify;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Handover;
using Ringwall.Kernel.Polling;
using Ringwall.Kernel.Scheduling;

namespace Ringwall.Keeper;

/// <summary>Answers by policy while no host does.</summary>
internal sealed class StandIn : IDisposable
{
    private readonly PermissionGroup _group;
    private readonly Heartbeat _heartbeat;
    private readonly int _descriptorLimit;
    private readonly WakeUp _wake = new();
    private readonly ManualResetEventSlim _reached = new();
    private readonly byte[] _buffer = GC.AllocateArray<byte>(24 * 256, pinned: true);
    private readonly byte[] _path = GC.AllocateArray<byte>(OpenFile.LongestPath, pinned: true);
    private volatile Order _order = Order.Rest;
    private Order _state = Order.Rest;
    private StandInPolicy _policy = StandInPolicy.AllowAll;
    private int _hostPid;
    private FileIdentity[] _programs = [];

    public StandIn(PermissionGroup group, Heartbeat heartbeat, int descriptorLimit)
    {
        _group = group;
        _heartbeat = heartbeat;
        _descriptorLimit = Math.Min(descriptorLimit, Heartbeat.Descriptors);
        Thread thread = new(Run, maxStackSize: 256 * 1024) { Name = "stand-in", IsBackground = true };
        thread.Start();
    }

    private enum Order
    {
        Rest,
        Serve,
        SweepAndServe,
        Leave,
    }

    /// <summary>The host being started; its own questions are allowed.</summary>
    public int HostPid
    {
        get => Volatile.Read(ref _hostPid);
        set => Volatile.Write(ref _hostPid, value);
    }

    /// <summary>What the next host's start executes, as it is now: an upgrade may have put another file in the place of the exempt one.</summary>
    public FileIdentity[] Programs
    {
        get => Volatile.Read(ref _programs);
        set => Volatile.Write(ref _programs, value);
    }

    /// <summary>
    /// Runs everything once: later, code or a library that had to be loaded from a guarded file would wait for the very thread that loads it. On
    /// a group and a page of its own, because the real ones may be a living host's, whose asks are not ours to answer.
    /// </summary>
    public static void WarmUp()
    {
        using PermissionGroup group = PermissionGroup.Create();
        using Heartbeat heartbeat = Heartbeat.Create();
        using StandIn once = new(group, heartbeat, descriptorLimit: 1);
        once.Serve(afterDeath: true);
        once.Rest();
    }

    /// <summary>Answers from now on. Returns when it does.</summary>
    /// <param name="afterDeath">The former reader died: what it had read and not answered is answered first.</param>
    public void Serve(bool afterDeath) => Give(afterDeath ? Order.SweepAndServe : Order.Serve);

    /// <summary>Stops reading. Returns when everything that was read is answered.</summary>
    public void Rest() => Give(Order.Rest);

    /// <summary>Ends the thread. What waits then waits for whoever holds the group.</summary>
    public void Dispose()
    {
        Give(Order.Leave);
        _wake.Dispose();
        _reached.Dispose();
    }

    private void Give(Order order)
    {
        _reached.Reset();
        _order = order;
        _wake.Set();
        _reached.Wait();
    }

    private void Run()
    {
        _ = Urgency.TryRunFirst() || Urgency.TryPrefer();
        SafeHandle[] all = [_wake.Handle, _group.Handle];
        SafeHandle[] resting = [_wake.Handle];
        while (true)
        {
            uint ready = Poll.Readable(_state == Order.Rest ? resting : all, -1);
            if ((ready & 1) != 0)
            {
                _wake.Clear();
                _state = _order;
                if (_state == Order.Leave)
                {
                    _reached.Set();
                    return;
                }

                if (_state != Order.Rest)
                {
                    _policy = _heartbeat.ReadPolicy();
                }

                if (_state == Order.SweepAndServe)
                {
                    Sweep();
                }

                _reached.Set();
            }

            if (_state != Order.Rest && (ready & 2) != 0)
            {
                AnswerWhatWaits();
            }
        }
    }

    // The dead reader's events are named by the dead reader's descriptor numbers. We need not know which it held: the kernel
    // answers ENOENT to the others, without side effect (65,536 numbers take about 6 ms).
    private void Sweep()
    {
        for (int number = 0; number < _descriptorLimit; number++)
        {
            _ = _group.Respond(number, _heartbeat.Fallback(number) ?? Unrecorded());
        }

        _heartbeat.Clear();
    }

    // Read by the host, but not yet noted down: its class is unknown, so the stricter of the two answers.
    private PermissionResponse Unrecorded() => _policy.AllowsEverything ? PermissionResponse.Allow : PermissionResponse.Deny;

    private void AnswerWhatWaits()
    {
        // At the descriptor limit the kernel has answered the event itself; there is nothing to give back first, as all are closed.
        if (!_group.TryRead(_buffer, out int read))
        {
            return;
        }

        PermissionEventReader events = new(_buffer.AsSpan(0, read));
        while (events.TryRead(out PermissionEvent asked))
        {
            _ = _group.Respond(asked.EventFd, Judge(asked));
            OpenFile.Close(asked.EventFd);
        }
    }

    private PermissionResponse Judge(in PermissionEvent asked)
    {
        if (_policy.AllowsEverything || asked.Pid == Environment.ProcessId || asked.Pid == HostPid)
        {
            return PermissionResponse.Allow;
        }

        if (OpenFile.TryStat(asked.EventFd, out FileState state))
        {
            if (Array.IndexOf(Programs, state.Identity) >= 0)
            {
                return PermissionResponse.Allow;
            }

            for (int i = 0; i < _policy.Exempt.Count; i++)
            {
                if (_policy.Exempt[i] == (state.Identity.Device, state.Identity.Inode))
                {
                    return PermissionResponse.Allow;
                }
            }
        }

        if ((asked.Events & PermissionEvents.OpenForExecution) != 0)
        {
            return _policy.Execution;
        }

        int length = OpenFile.TryReadPath(asked.EventFd, _path);
        return StandInPolicy.Covers(_policy.Guarded, _path.AsSpan(0, length)) ? _policy.Open : PermissionResponse.Allow;
    }
}
