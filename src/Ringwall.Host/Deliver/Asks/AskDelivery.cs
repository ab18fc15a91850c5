using Ringwall.Contract;
using Ringwall.Host.Decide;
using Ringwall.Host.Intake.Asks;
using Ringwall.Host.Intake.Tells;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Polling;

namespace Ringwall.Host.Deliver.Asks;

// Owns:     the buffers that asks are packed in. Does not own: the asks (AskTable), the sockets (supervision).
// Threads:  the answering thread only. Sending never waits: what finds no room waits in its slot until the socket has some.

/// <summary>Puts asks into sensors' sockets.</summary>
internal sealed class AskDelivery(AskContext context, SeatTable seats, Epoll epoll)
{
    private readonly byte[] _path = GC.AllocateArray<byte>(OpenFile.LongestPath, pinned: true);
    private readonly byte[] _message = GC.AllocateArray<byte>(AskMessage.MaxBytes, pinned: true);
    private readonly AskTable _asks = context.Asks;

    /// <summary>Sends an ask to the sensors at these places.</summary>
    public void Send(int slot, uint to, ProcessEntry? process, ReadOnlySpan<byte> path)
    {
        ref Ask ask = ref _asks[slot];
        AskMessage message = new()
        {
            Ticket = _asks.TicketOf(slot),
            Class = ask.Class,
            Deadline = (ulong)ask.DeadlineNs,
            Path = path,
            Device = ask.File.Identity.Device,
            Inode = ask.File.Identity.Inode,
            Size = ask.File.Identity.Size,
            ModifiedNanoseconds = ask.File.Identity.ModifiedNs,
            Mode = ask.File.Mode,
            Process = new ProcessView { Pid = (uint)ask.Pid },
        };
        if (process is not null)
        {
            message.Process.Start = process.Key.StartNs;
            message.Process.Uid = process.User;
            message.Process.Executable = Fitting(process.Executable);
            message.Process.ParentPid = (uint)process.ParentKey.Pid;
            message.Process.ParentStart = process.ParentKey.StartNs;
        }

        int length = message.Write(_message);
        for (int place = 0; to >> place != 0; place++)
        {
            uint bit = 1u << place;
            if ((to & bit) == 0 || seats[place] is not { } seat)
            {
                continue;
            }

            SendOutcome outcome = seat.Socket.TrySend(_message.AsSpan(0, length), seat.WantsDescriptor ? ask.EventFd : -1);
            if (outcome == SendOutcome.DescriptorRefused)
            {
                // Without the file it may still know by path; if not, the fallback comes.
                outcome = seat.Socket.TrySend(_message.AsSpan(0, length));
            }

            switch (outcome)
            {
                case SendOutcome.Sent:
                    seat.Counters.CountAsked();
                    ask.Unsent &= ~bit;
                    break;
                case SendOutcome.Full when !seat.IsClosed:
                    seat.Counters.CountSocketFull();
                    ask.Unsent |= bit;
                    epoll.Change(seat.Socket, place, readable: true, writable: true);
                    break;
                default:
                    // Its end is closed: supervision will take the seat away, and that gives the asks their fallback.
                    ask.Unsent &= ~bit;
                    break;
            }
        }
    }

    /// <summary>The sensor's socket has room again: what waited for it is sent, in the order of the slots.</summary>
    public void SendWaiting(SensorSeat seat)
    {
        uint bit = 1u << seat.Place;
        for (int slot = 0; slot <= _asks.Highest; slot++)
        {
            if ((_asks[slot].Unsent & bit) == 0 || _asks.StateIs(slot, out _) != AskState.Open)
            {
                continue;
            }

            SendAgain(slot, bit);
            if ((_asks[slot].Unsent & bit) != 0)
            {
                return;     // full again
            }
        }

        epoll.Change(seat.Socket, seat.Place, readable: true);
    }

    /// <summary>Sends an ask that was opened before to the sensors at these places.</summary>
    public void SendAgain(int slot, uint to)
    {
        _ = context.Processes.TryGet(_asks[slot].Pid, out ProcessEntry? process);
        if (!_asks.TryGetPath(slot, out ReadOnlySpan<byte> path))
        {
            path = _path.AsSpan(0, OpenFile.TryReadPath(_asks[slot].EventFd, _path));
        }

        Send(slot, to, process, path);
    }

    private static ReadOnlySpan<byte> Fitting(byte[] path) => path.AsSpan(0, Math.Min(path.Length, Protocol.MaxPathBytes));
}
