// Owns:         what was decided about which bytes, in the host's memory.
// Does not own: the kernel's memory of it (KernelMemory).
// Threads:      the answering thread only.
// Ordering:     none; an entry is checked against the file each time it is used.

using Ringwall.Contract;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Decide;

/// <summary>
/// Verdicts by file, valid for the bytes they were given for. Of bounded size: 4 places for each of a fixed number of sets, oldest out.
/// </summary>
internal sealed class RememberedVerdicts
{
    private const int Ways = 4;
    private readonly Entry[] _entries;
    private readonly uint _setMask;
    private uint _epoch = 1;
    private ulong _reservations;
    private byte _turn;

    /// <param name="capacity">Files to remember; a power of two.</param>
    public RememberedVerdicts(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, Ways);
        _entries = new Entry[capacity];
        _setMask = (uint)(capacity / Ways) - 1;
    }

    /// <summary>Whether anything is known of this file, whatever its bytes.</summary>
    public bool Holds(in FileIdentity file)
    {
        ref Entry entry = ref Find(file);
        return entry.File.Inode == file.Inode && entry.File.Device == file.Device;
    }

    /// <summary>The verdict that may be given again without asking; <see cref="Verdict.None"/> when there is none for these bytes.</summary>
    public Verdict Cacheable(in FileIdentity file, EventClass of) => Cacheable(file, of, out _);

    /// <param name="file">The file as it is now.</param>
    /// <param name="of">The class of ask.</param>
    /// <param name="decidedBy">The place of the sensor that denied; -1 when none did.</param>
    public Verdict Cacheable(in FileIdentity file, EventClass of, out int decidedBy)
    {
        ref Entry entry = ref Find(file);
        decidedBy = entry.DecidedBy - 1;
        return entry.Epoch == _epoch && entry.File == file ? entry.Known(of, cacheable: true) : Verdict.None;
    }

    /// <summary>The last verdict for these bytes, cacheable or not, of this generation or an earlier one.</summary>
    public Verdict LastKnown(in FileIdentity file, EventClass of)
    {
        ref Entry entry = ref Find(file);
        return entry.File == file ? entry.Known(of, cacheable: false) : Verdict.None;
    }

    /// <summary>
    /// Keeps a place for the verdict on these bytes. It is lost by <see cref="Forget"/> and <see cref="ForgetAll"/>, so what is decided while a
    /// writer comes and goes, or by a generation that is replaced meanwhile, is not remembered. For a file without a writer only.
    /// </summary>
    public ulong Reserve(in FileIdentity file)
    {
        ref Entry entry = ref Find(file);
        if (entry.File == file && entry.Epoch == _epoch)
        {
            return entry.Reservation;
        }

        if (entry.File == file)
        {
            entry.ForgetCacheable();
        }
        else
        {
            if (entry.File.Device != file.Device || entry.File.Inode != file.Inode)
            {
                entry = ref Victim(file);
            }

            entry = new Entry { File = file };
        }

        entry.Epoch = _epoch;
        entry.Reservation = ++_reservations;
        return entry.Reservation;
    }

    /// <summary>Whether the place is still kept.</summary>
    public bool IsReserved(in FileIdentity file, ulong reservation)
    {
        ref Entry entry = ref Find(file);
        return reservation != 0 && entry.Reservation == reservation && entry.Epoch == _epoch && entry.File == file;
    }

    /// <summary>Fills the place; nothing when it is lost.</summary>
    public void Remember(in FileIdentity file, ulong reservation, EventClass of, Verdict verdict, bool cacheable, int decidedBy = -1)
    {
        if (IsReserved(file, reservation))
        {
            ref Entry entry = ref Find(file);
            entry.DecidedBy = (sbyte)(decidedBy + 1);
            entry.Set(of, verdict, cacheable);
        }
    }

    /// <summary>Nothing about this file may be given again without asking, whatever its bytes are.</summary>
    public void Forget(in FileIdentity file)
    {
        ref Entry entry = ref Find(file);
        if (entry.File.Device == file.Device && entry.File.Inode == file.Inode)
        {
            entry = default;
        }
    }

    /// <summary>No verdict may be given again without asking. What was last known stays known.</summary>
    public void ForgetAll() => _epoch++;

    private static uint Hash(ulong device, ulong inode) => (uint)(((inode * 0x9E37_79B9_7F4A_7C15UL) ^ (device * 0xC2B2_AE3D_27D4_EB4FUL)) >> 32);

    // The entry of this device and inode; when there is none, the first of the set (whose File then differs).
    private ref Entry Find(in FileIdentity file)
    {
        uint first = (Hash(file.Device, file.Inode) & _setMask) * Ways;
        for (uint way = 0; way < Ways; way++)
        {
            ref Entry entry = ref _entries[first + way];
            if (entry.File.Inode == file.Inode && entry.File.Device == file.Device)
            {
                return ref entry;
            }
        }

        return ref _entries[first];
    }

    private ref Entry Victim(in FileIdentity file)
    {
        uint first = (Hash(file.Device, file.Inode) & _setMask) * Ways;
        for (uint way = 0; way < Ways; way++)
        {
            if (_entries[first + way].Epoch != _epoch)
            {
                return ref _entries[first + way];
            }
        }

        return ref _entries[first + (_turn++ % Ways)];
    }

    private struct Entry
    {
        public FileIdentity File;
        public ulong Reservation;
        public uint Epoch;
        public sbyte DecidedBy;     // place + 1: 0 is nobody
        private byte _verdicts;     // two bits each: execution, open
        private byte _cacheable;    // one bit each

        public readonly Verdict Known(EventClass of, bool cacheable)
        {
            int place = Place(of);
            return cacheable && (_cacheable & (1 << place)) == 0 ? Verdict.None : (Verdict)((_verdicts >> (place * 2)) & 3);
        }

        public void Set(EventClass of, Verdict verdict, bool cacheable)
        {
            int place = Place(of);
            _verdicts = (byte)((_verdicts & ~(3 << (place * 2))) | ((byte)verdict << (place * 2)));
            _cacheable = (byte)(cacheable ? _cacheable | (1 << place) : _cacheable & ~(1 << place));
        }

        public void ForgetCacheable() => _cacheable = 0;

        private static int Place(EventClass of) => of == EventClass.Exec ? 0 : 1;
    }
}
