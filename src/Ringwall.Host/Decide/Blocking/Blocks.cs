// Owns:     the table that counts now; a fixed number of slots for files that are being looked at, and their descriptors; what was found.
// Threads:  Replace: any, one at a time. Judge, TryHold and TryTake: the answering thread. LookAtNext: the check thread. IsBlocked: any.
// Ordering: held → looked at → taken back, in the order in which they came; each of the three indexes has one writer, who moves it after the slot is
//           written. A slot is the check thread's from held to looked at, and the answering thread's otherwise.

using Microsoft.Win32.SafeHandles;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Polling;

namespace Ringwall.Host.Decide.Blocking;

/// <summary>Bytes that nobody may open or execute: the file that they were seen in at once, others of the same size after a look at their content.</summary>
/// <param name="set">What is never blocked, whatever bytes it has.</param>
internal sealed class Blocks(ProtectedSet set)
{
    private const int Slots = 64;
    private const int Places = 2048;

    // Kernels before 6.13 stamp changes with the clock's tick; a younger change time could hide a further change.
    private static readonly TimeSpan RestOfChangeTime = TimeSpan.FromMilliseconds(20);

    private readonly Slot[] _slots = new Slot[Slots];
    private readonly Known[] _known = new Known[Places];
    private volatile BlockTable _table = BlockTable.Empty;
    private int _held;
    private int _looked;
    private int _taken;

    /// <summary>Set when there is something to look at; whoever looks at denials' files waits for it.</summary>
    private WakeUp Wake => set.Checks.Wake;

    /// <summary>From now on this is blocked, and nothing else. What was remembered of files is to be dropped afterwards.</summary>
    public void Replace(IEnumerable<(BlockedContent Content, FileIdentity File)> blocked) => _table = new BlockTable(blocked, _table.Epoch + 1);

    /// <summary>Whether it is the very file that was blocked, unchanged.</summary>
    public bool IsBlocked(in FileIdentity file) => _table.Find(file) is not null;

    /// <summary>What is known of a file. Allocates nothing.</summary>
    public BlockRuling Judge(in FileState file, out BlockedContent? block)
    {
        BlockTable table = _table;
        block = null;
        if (table.IsEmpty || !table.HasSize(file.Identity.Size))
        {
            return BlockRuling.Free;
        }

        block = table.Find(file.Identity);
        if (block is not null)
        {
            return BlockRuling.Blocked;
        }

        ref Known known = ref Place(file.Identity);
        if (known.Epoch != table.Epoch || known.File != file.Identity)
        {
            return BlockRuling.Unknown;
        }

        block = known.Found;
        return block is null ? BlockRuling.Free : BlockRuling.Blocked;
    }

    /// <summary>Has a file looked at; the ask that wants it stays open meanwhile.</summary>
    /// <param name="ticket">Of the ask.</param>
    /// <param name="eventFd">The file; a copy is kept.</param>
    /// <param name="file">As it is now.</param>
    /// <returns>False when every slot is taken, or no further descriptor could be had.</returns>
    public bool TryHold(ulong ticket, int eventFd, in FileState file)
    {
        if (_held - _taken == Slots || !OpenFile.TryDuplicate(eventFd, out int descriptor))
        {
            return false;
        }

        _slots[_held & (Slots - 1)] = new Slot { Ticket = ticket, File = file, Descriptor = descriptor, Table = _table };
        Volatile.Write(ref _held, _held + 1);
        Wake.Set();
        return true;
    }

    /// <summary>Looks at the next file, which may take as long as a disk does. False: there is none.</summary>
    public bool LookAtNext()
    {
        if (_looked == Volatile.Read(ref _held))
        {
            return false;
        }

        ref Slot slot = ref _slots[_looked & (Slots - 1)];
        using (SafeFileHandle file = new(slot.Descriptor, ownsHandle: true))
        {
            try
            {
                slot.Found = slot.Table!.Find(slot.File.Identity.Size, Digest.Of(file));
                slot.Found = slot.Found is not null && set.Look(slot.Descriptor) is null ? slot.Found : null;
                slot.IsSame = OpenFile.TryStat(slot.Descriptor, out FileState now) && now == slot.File
                    && !now.ChangedWithin(RestOfChangeTime, (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * 100);
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                slot.IsSame = false;
            }
        }

        Volatile.Write(ref _looked, _looked + 1);
        return true;
    }

    /// <summary>The next file that was looked at.</summary>
    /// <param name="ticket">Of the ask that waits for it, if it still does.</param>
    /// <param name="found">What it is blocked by; null when it is not.</param>
    public bool TryTake(out ulong ticket, out BlockedContent? found)
    {
        ticket = 0;
        found = null;
        if (_taken == Volatile.Read(ref _looked))
        {
            return false;
        }

        ref Slot slot = ref _slots[_taken & (Slots - 1)];
        (ticket, found) = (slot.Ticket, slot.Found);
        if (slot.IsSame)
        {
            Place(slot.File.Identity) = new Known { File = slot.File.Identity, Epoch = slot.Table!.Epoch, Found = found };
        }

        slot = default;
        _taken++;
        return true;
    }

    private ref Known Place(in FileIdentity file) => ref _known[(int)(((file.Inode * 0x9E37_79B9_7F4A_7C15UL) ^ (file.Device * 0xC2B2_AE3D_27D4_EB4FUL)) >> 53)];

    private struct Slot
    {
        public ulong Ticket;
        public FileState File;
        public BlockTable? Table;
        public BlockedContent? Found;
        public int Descriptor;
        public bool IsSame;
    }

    private struct Known
    {
        public FileIdentity File;
        public BlockedContent? Found;
        public int Epoch;
    }
}
