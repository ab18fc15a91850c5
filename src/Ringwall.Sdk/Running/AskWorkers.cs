using Ringwall.Contract;

namespace Ringwall.Sdk.Running;

// Owns:     asks that wait for a worker, with their descriptors.
// Threads:  the reading thread offers, workers take. One lock, held only to move an index.
// Ordering: first come, first judged; with several workers verdicts leave in any order.
internal sealed class AskWorkers
{
    private readonly object _gate = new();
    private readonly Queue<Slot> _free = new();
    private readonly Queue<Slot> _waiting = new();
    private readonly List<Thread> _threads = [];
    private bool _closed;

    public AskWorkers(Session session, int workers, int waitingAsks)
    {
        // A worker keeps its slot while it judges, so those in work do not take the place of those that wait.
        for (int i = 0; i < waitingAsks + workers; i++)
        {
            _free.Enqueue(new Slot());
        }

        for (int i = 0; i < workers; i++)
        {
            Judge judge = new(session, Session.FirstWorker + i);
            Thread thread = new(() => Work(judge)) { IsBackground = true, Name = $"ask {i + 1}" };
            _threads.Add(thread);
        }
    }

    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    public void Start() => _threads.ForEach(thread => thread.Start());

    /// <summary>Takes an ask over, with its descriptor. False: too many wait; the caller keeps the descriptor.</summary>
    public bool Offer(ReadOnlySpan<byte> message, PassedDescriptor descriptor)
    {
        Slot? slot;
        lock (_gate)
        {
            if (!_free.TryDequeue(out slot))
            {
                return false;
            }
        }

        slot.Fill(message, descriptor);
        lock (_gate)
        {
            _waiting.Enqueue(slot);
            Monitor.Pulse(_gate);
        }

        return true;
    }

    /// <summary>Lets the workers finish what waits, or forget it, and end. False: some did not within the time.</summary>
    public bool Close(bool forget, ulong deadline)
    {
        lock (_gate)
        {
            _closed = true;
            while (forget && _waiting.TryDequeue(out Slot? slot))
            {
                slot.Descriptor.Dispose();
            }

            Monitor.PulseAll(_gate);
        }

        return _threads.TrueForAll(thread => Session.Join(thread, deadline));
    }

    private void Work(Judge judge)
    {
        while (Take() is { } slot)
        {
            judge.Answer(slot.Message, slot.Descriptor);
            slot.Descriptor.Dispose();
            lock (_gate)
            {
                _free.Enqueue(slot);
            }
        }
    }

    private Slot? Take()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_waiting.TryDequeue(out Slot? slot))
                {
                    return slot;
                }

                if (_closed)
                {
                    return null;
                }

                Monitor.Wait(_gate);
            }
        }
    }

    private sealed class Slot
    {
        private byte[] _bytes = new byte[1024];
        private int _length;

        public PassedDescriptor Descriptor;

        public ReadOnlySpan<byte> Message => _bytes.AsSpan(0, _length);

        public void Fill(ReadOnlySpan<byte> message, PassedDescriptor descriptor)
        {
            if (message.Length > _bytes.Length)
            {
                _bytes = new byte[Math.Max(message.Length, AskMessage.MaxBytes)];
            }

            message.CopyTo(_bytes);
            _length = message.Length;
            Descriptor = descriptor;
        }
    }
}
