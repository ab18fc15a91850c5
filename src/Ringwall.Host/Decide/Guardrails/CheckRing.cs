using Ringwall.Contract;
using Ringwall.Host.Deliver;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Polling;

namespace Ringwall.Host.Decide.Guardrails;

// Owns:         a fixed number of slots, and the descriptors in them until they were looked at.
// Threads:      TryPut, TryPeek and Release: the answering thread. TryNext and Finish: the check thread.
// Ordering:     put → looked at → taken back, in the order in which they came; each of the three indexes has one writer, who moves it after
//               the slot is written. A slot is the check thread's from put to looked at, and the answering thread's otherwise.

/// <summary>Denials whose files are looked at before it is decided what becomes of them.</summary>
internal sealed class CheckRing
{
    private const int Slots = 64;
    private readonly Slot[] _slots = new Slot[Slots];
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(Slots * (OpenFile.LongestPath + Protocol.MaxReasonBytes));
    private int _put;
    private int _looked;
    private int _taken;

    /// <summary>Set when there is something to look at.</summary>
    public WakeUp Wake { get; } = new();

    /// <summary>Copies everything that is needed to decide later.</summary>
    /// <returns>False when every slot is taken, or no further descriptor could be had.</returns>
    public bool TryPut(SensorSeat seat, in Ask ask, in VerdictMessage said, int epoch, ReadOnlySpan<byte> path)
    {
        if (_put - _taken == Slots || !OpenFile.TryDuplicate(ask.EventFd, out int descriptor))
        {
            return false;
        }

        ref Slot slot = ref _slots[_put & (Slots - 1)];
        Span<byte> bytes = Room(_put);
        path.CopyTo(bytes);
        said.Reason.CopyTo(bytes[OpenFile.LongestPath..]);
        slot = new Slot
        {
            Seat = seat,
            Ticket = said.Ticket,
            Cacheable = said.Cacheable,
            File = ask.File,
            Epoch = epoch,
            Descriptor = descriptor,
            PathLength = path.Length,
            ReasonLength = said.Reason.Length,
        };
        Volatile.Write(ref _put, _put + 1);
        Wake.Set();
        return true;
    }

    /// <summary>The next one to look at.</summary>
    public bool TryNext(out int descriptor, out FileState file, out ReadOnlySpan<byte> path)
    {
        if (_looked == Volatile.Read(ref _put))
        {
            descriptor = -1;
            file = default;
            path = default;
            return false;
        }

        ref Slot slot = ref _slots[_looked & (Slots - 1)];
        descriptor = slot.Descriptor;
        file = slot.File;
        path = Room(_looked)[..slot.PathLength];
        return true;
    }

    /// <summary>What was found out about the one that <see cref="TryNext"/> gave; its descriptor is closed.</summary>
    public void Finish(Protection? found)
    {
        ref Slot slot = ref _slots[_looked & (Slots - 1)];
        OpenFile.Close(slot.Descriptor);
        slot.Found = found;
        Volatile.Write(ref _looked, _looked + 1);
    }

    /// <summary>The next one that was looked at. Valid until <see cref="Release"/>.</summary>
    public bool TryPeek(out CheckedDenial denial)
    {
        if (_taken == Volatile.Read(ref _looked))
        {
            denial = default;
            return false;
        }

        ref Slot slot = ref _slots[_taken & (Slots - 1)];
        ReadOnlySpan<byte> bytes = Room(_taken);
        denial = new CheckedDenial
        {
            Seat = slot.Seat!,
            Said = new VerdictMessage
            {
                Ticket = slot.Ticket,
                Verdict = Verdict.Deny,
                Cacheable = slot.Cacheable,
                Reason = bytes.Slice(OpenFile.LongestPath, slot.ReasonLength),
            },
            File = slot.File,
            Epoch = slot.Epoch,
            Path = bytes[..slot.PathLength],
            Found = slot.Found,
        };
        return true;
    }

    public void Release()
    {
        _slots[_taken & (Slots - 1)] = default;
        _taken++;
    }

    private Span<byte> Room(int number) =>
        _bytes.AsSpan((number & (Slots - 1)) * (OpenFile.LongestPath + Protocol.MaxReasonBytes), OpenFile.LongestPath + Protocol.MaxReasonBytes);

    private struct Slot
    {
        public SensorSeat? Seat;
        public Protection? Found;
        public ulong Ticket;
        public FileState File;
        public int Epoch;
        public int Descriptor;
        public int PathLength;
        public int ReasonLength;
        public bool Cacheable;
    }
}
