// Owns:     a ring of what the last asks were about.
// Threads:  the review thread puts, the responses thread looks; under the lock, briefly.

using Ringwall.Host.Intake.Tells;
using Ringwall.Host.Review;
using Ringwall.Kernel.Procfs;

namespace Ringwall.Host.Responses;

/// <summary>Which file and which process a ticket was about, for requests that name nothing else.</summary>
internal sealed class JudgedAsks(int capacity = 4096) : IReviewer
{
    private readonly Dictionary<ulong, JudgedAsk> _asks = [];
    private readonly Queue<ulong> _order = new();
    private readonly Lock _lock = new();

    public void Review(in ReviewedAsk ask)
    {
        ulong start = ask.Process?.Key.StartNs ?? (ProcessStat.TryRead(ask.Pid, out ProcessStat stat) ? ProcessKey.FromTicks(ask.Pid, stat.StartTicks).StartNs : 0);
        JudgedAsk judged = new(ask.Path.ToArray(), ask.File.Identity.Device, ask.File.Identity.Inode, ask.Pid, start);
        lock (_lock)
        {
            if (_asks.TryAdd(ask.Ticket, judged))
            {
                _order.Enqueue(ask.Ticket);
            }

            if (_order.Count > capacity)
            {
                _asks.Remove(_order.Dequeue());
            }
        }
    }

    /// <returns>Null when it is not known, not yet or not any more.</returns>
    public JudgedAsk? Find(ulong ticket)
    {
        lock (_lock)
        {
            return _asks.GetValueOrDefault(ticket);
        }
    }
}

/// <summary>What an ask was about.</summary>
internal sealed record JudgedAsk(byte[] Path, ulong Device, ulong Inode, int Pid, ulong StartNs);
