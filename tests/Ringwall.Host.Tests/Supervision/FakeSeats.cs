using System.Buffers.Binary;
using System.Collections.Concurrent;
using Ringwall.Contract;
using Ringwall.Host.Deliver;

namespace Ringwall.Host.Tests.Supervision;

/// <summary>Seats whose answering thread asks nothing: it counts verdicts as not expected and puts all else into the inbox.</summary>
internal sealed class FakeSeats : IServiceSeats
{
    private readonly ConcurrentDictionary<SensorSeat, Reader> _readers = new();

    /// <summary>"seat NAME", "unseat NAME", "dismiss NAME", "miss NAME", in order.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    public SensorSeat? Of(string name) => _readers.Keys.SingleOrDefault(s => s.Name == name);

    public void Seat(SensorSeat seat)
    {
        Log.Enqueue($"seat {seat.Name}");
        Assert.True(_readers.TryAdd(seat, new Reader(seat)));
    }

    public void Unseat(SensorSeat seat, bool failed)
    {
        Log.Enqueue($"unseat {seat.Name}");
        Assert.True(_readers.TryRemove(seat, out Reader? reader));
        reader.Stop();
    }

    public void SeatBeside(SensorSeat seat) => Log.Enqueue($"beside {seat.Name} {seat.Generation}");

    public void UnseatBeside(SensorSeat seat) => Log.Enqueue($"no longer beside {seat.Name} {seat.Generation}");

    public void Relieve(SensorSeat? leave, SensorSeat enter)
    {
        Log.Enqueue($"relieve {enter.Name} {leave?.Generation} {enter.Generation}");
        if (leave is not null && _readers.TryRemove(leave, out Reader? reader))
        {
            reader.Stop();
        }

        Assert.True(_readers.TryAdd(enter, new Reader(enter)));
    }

    public void Dismiss(string name) => Log.Enqueue($"dismiss {name}");

    public void Miss(string name, AskKinds asks) => Log.Enqueue($"miss {name} {asks}");

    private sealed class Reader
    {
        private readonly SensorSeat _seat;
        private readonly Thread _thread;
        private volatile bool _stop;

        public Reader(SensorSeat seat)
        {
            _seat = seat;
            _thread = new Thread(Read) { IsBackground = true };
            _thread.Start();
        }

        public void Stop()
        {
            _stop = true;
            _thread.Join();
        }

        private void Read()
        {
            byte[] message = new byte[Protocol.MaxMessageBytes];
            while (!_stop)
            {
                if (!_seat.Socket.WaitReadable(20))
                {
                    continue;
                }

                switch (_seat.Socket.TryReceive(message, out int length))
                {
                    case ReceiveOutcome.Received when length < Protocol.HeadBytes:
                        _seat.Counters.CountMalformed();
                        break;
                    case ReceiveOutcome.Received when BinaryPrimitives.ReadUInt16LittleEndian(message) == (ushort)MessageKind.Verdict:
                        _seat.Counters.CountNotExpected();
                        break;
                    case ReceiveOutcome.Received:
                        _seat.Inbox.Put(message.AsSpan(0, length));
                        break;
                    case ReceiveOutcome.Closed:
                        return;
                }
            }
        }
    }
}
