// Owns:         every ask that was read and not yet answered: who waits, for whom, until when.
// Does not own: the event's descriptor number once it is answered and closed.
// Threads:      the answering thread opens, fills, finishes. The deadline thread only claims (TryClaim) what is overdue.
// Ordering:     a slot's fields are written before its state says Open; whoever moves the state away from Open, by compare-exchange of
//               number and state together, owes the kernel the one answer. The number closes the gap in which a slot was used again.
//               A claimed slot is freed by the answering thread alone, and only after its answer (AwaitAnswer), so a descriptor is never
//               closed, and its number never used again, under somebody's hands.

using Ringwall.Contract;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Decide;

/// <summary>The asks in flight.</summary>
internal sealed class AskTable
{
    // Most paths are shorter; the rest is read again when it is needed.
    private const int PathBytesKept = 256;

    private readonly Ask[] _asks;
    private readonly byte[] _paths;     // touched as far as slots are used, which is the lowest of them
    private readonly int[] _free;
    private int _freeCount;
    private int _highest = -1;

    /// <param name="capacity">Bounds the asks in flight, and with them the descriptors that they hold.</param>
    public AskTable(int capacity)
    {
        _asks = new Ask[capacity];
        _paths = GC.AllocateUninitializedArray<byte>(capacity * PathBytesKept);
        _free = new int[capacity];
        for (int i = 0; i < capacity; i++)
        {
            _free[i] = capacity - 1 - i;    // the lowest numbers are used first, so that looking through the table stays short
        }

        _freeCount = capacity;
    }

    public int Capacity => _asks.Length;

    public int Free => _freeCount;

    public int InFlight => _asks.Length - _freeCount;

    /// <summary>No slot above this one was ever used.</summary>
    public int Highest => Volatile.Read(ref _highest);

    public ref Ask this[int slot] => ref _asks[slot];

    /// <summary>Takes a slot; there is one, as the caller has looked at <see cref="Free"/>.</summary>
    public int Take()
    {
        int slot = _free[--_freeCount];
        if (slot > _highest)
        {
            Volatile.Write(ref _highest, slot);
        }

        ref Ask ask = ref _asks[slot];
        uint number = ask.Number + 1;
        ask = new Ask { Next = -1, AdvisoryBy = -1, Number = number == 0 ? 1 : number };
        return slot;
    }

    /// <summary>From here on the deadline thread sees it.</summary>
    public void Open(int slot)
    {
        ref Ask ask = ref _asks[slot];
        Volatile.Write(ref ask.State, StateOf(ask.Number, AskState.Open));
    }

    public void Give(int slot)
    {
        Volatile.Write(ref _asks[slot].State, StateOf(_asks[slot].Number, AskState.Free));
        _free[_freeCount++] = slot;
    }

    /// <summary>Keeps the path with the ask, if it is short enough. The answering thread.</summary>
    public void KeepPath(int slot, ReadOnlySpan<byte> path)
    {
        bool fits = path.Length <= PathBytesKept;
        _asks[slot].PathLength = fits ? path.Length : -1;
        if (fits)
        {
            path.CopyTo(_paths.AsSpan(slot * PathBytesKept));
        }
    }

    /// <summary>The path that was kept. The answering thread.</summary>
    /// <returns>False when it was too long.</returns>
    public bool TryGetPath(int slot, out ReadOnlySpan<byte> path)
    {
        int length = _asks[slot].PathLength;
        path = length > 0 ? _paths.AsSpan(slot * PathBytesKept, length) : default;
        return length >= 0;
    }

    /// <summary>Whoever gets true answers the kernel, and nobody else does.</summary>
    public bool TryClaim(int slot, uint number, AskState claim)
    {
        ulong open = StateOf(number, AskState.Open);
        return Interlocked.CompareExchange(ref _asks[slot].State, StateOf(number, claim), open) == open;
    }

    /// <summary>The deadline thread has answered what it had claimed: the answering thread may free it from now on.</summary>
    public void SetOverdue(int slot, uint number) => Volatile.Write(ref _asks[slot].State, StateOf(number, AskState.Overdue));

    /// <summary>Waits until whoever claimed the ask has answered it: the time of one system call.</summary>
    public void AwaitAnswer(int slot)
    {
        SpinWait patience = default;
        while (StateIs(slot, out _) == AskState.FallingDue)
        {
            patience.SpinOnce();
        }
    }

    public AskState StateIs(int slot, out uint number)
    {
        ulong state = Volatile.Read(ref _asks[slot].State);
        number = (uint)(state >> 8);
        return (AskState)(byte)state;
    }

    /// <summary>The slot that a ticket names, if it is open.</summary>
    public bool TryFind(ulong ticket, out int slot)
    {
        slot = (int)(uint)ticket;
        return (uint)slot < (uint)_asks.Length && StateIs(slot, out uint number) == AskState.Open && number == (uint)(ticket >> 32);
    }

    public ulong TicketOf(int slot) => ((ulong)_asks[slot].Number << 32) | (uint)slot;

    private static ulong StateOf(uint number, AskState state) => ((ulong)number << 8) | (byte)state;
}

/// <summary>Where an ask stands.</summary>
internal enum AskState : byte
{
    Free = 0,
    Open,
    Answered,

    /// <summary>The deadline thread is about to answer it.</summary>
    FallingDue,

    /// <summary>The deadline thread has answered it.</summary>
    Overdue,
}

/// <summary>One stopped process.</summary>
internal struct Ask
{
    public ulong State;
    public uint Number;
    public int EventFd;
    public int Pid;
    public EventClass Class;
    public Verdict FallbackVerdict;

    /// <summary>Some sensor's share was the fallback: the answer may not be remembered.</summary>
    public bool Incomplete;

    /// <summary>No sensor said that its answer is for this asker alone.</summary>
    public bool Cacheable;

    /// <summary>What <see cref="RememberedVerdicts.Reserve"/> gave; 0 when its verdict may not be remembered.</summary>
    public ulong Reservation;

    /// <summary>The sensor whose verdict decided it; -1 when none did.</summary>
    public int DecidedBy;

    /// <summary>The place of the first sensor whose denial was not applied (Guardrails/DenialCheck); -1 when there is none.</summary>
    public int AdvisoryBy;

    /// <summary>Denials that wait for their file to be looked at: until then it is not allowed.</summary>
    public int Held;
    public uint WaitsFor;
    public uint Unsent;
    public long ReadNs;
    public long DeadlineNs;

    /// <summary>The next process that waits for the same answer; -1 at the end.</summary>
    public int Next;

    /// <summary>Waits for another ask's answer: is in nobody's socket.</summary>
    public bool Follows;
    public FileState File;
    public SameQuestion Question;

    /// <summary><see cref="AskTable.KeepPath"/></summary>
    public int PathLength;
}
