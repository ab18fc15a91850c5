// Owns:         the way of one file into the vault, and its way back.
// Does not own: the vault, the journal.
// Threads:      one at a time, never the answering one: whoever opens files here is answered by it.
// Ordering:     in:   copy → find the copy whole → journal: begun → put the name aside → look whether it is the right file → remove it → journal: done.
//               back: copy out under a name aside → give it what belongs to it → journal: returning → give it its name → journal: undone → drop the copy.
//               Wherever the process ends in between, Settle and the next Return find out from the names how far it came.

using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Host.Decide.Blocking;
using Ringwall.Kernel;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Responses;

/// <summary>Moves files into the vault, and back as they were.</summary>
/// <param name="vault">Where the content goes.</param>
/// <param name="journal">Where the rest goes.</param>
/// <param name="step">Hears of each step before it is taken; for tests that end the work there.</param>
internal sealed class Quarantine(Vault vault, UndoJournal journal, Action<string>? step = null)
{
    /// <summary>Larger files are refused: copying them would keep every other request waiting.</summary>
    public const long LargestBytes = 4L * 1024 * 1024 * 1024;

    private const int NamesAtMost = 100;
    private readonly Action<string> _step = step ?? (_ => { });

    /// <summary>Moves a file into the vault.</summary>
    /// <param name="draft">Who wants it, and why.</param>
    /// <param name="target">The file, held open, at its place.</param>
    /// <param name="keep">Whether its content is kept; not in rehearsals without undo.</param>
    /// <param name="refusal">Why nothing was changed.</param>
    /// <returns>The act as it was done; null when it was not.</returns>
    public Act? Take(Act draft, FileTarget target, bool keep, out Refusal? refusal)
    {
        if (target.State.Identity.Size > LargestBytes)
        {
            refusal = new Refusal(Refusal.Unsupported, $"it has {target.State.Identity.Size:N0} bytes, and at most {LargestBytes:N0} are moved");
            return null;
        }

        if (keep && (long)target.State.Identity.Size > vault.Room)
        {
            refusal = new Refusal(Refusal.Unsafe, $"there is no room for its {target.State.Identity.Size:N0} bytes in {vault.Path}");
            return null;
        }

        long id = journal.NextId();
        Act? begun = null;
        try
        {
            FileBelongings belongings = FileBelongings.Read(target.File);
            _ = target.Folder.TryStat(out FileState place);
            _step("copy");
            string digest = keep ? vault.Take(id, target.File) : Digest.Of(target.File);

            // From here until the descriptor is closed, whoever opens it for writing waits. Who had it open before may have changed it while it was copied.
            if (OpenFile.HasWriterUntilClose(target.Descriptor) || !OpenFile.TryStat(target.Descriptor, out FileState now) || !IsSameContent(now, target.State))
            {
                vault.Drop(id);
                refusal = new Refusal(Refusal.Busy, "somebody has it open for writing, and what would be written from now on could not be put back");
                return null;
            }

            _step("begin");
            begun = journal.Begin(draft with
            {
                Id = id,
                File = new QuarantinedFile
                {
                    Path = target.Path,
                    Device = now.Identity.Device,
                    Inode = now.Identity.Inode,
                    Size = (long)now.Identity.Size,
                    Links = now.Links,
                    Digest = digest,
                    Belongings = belongings,
                    Aside = $".ringwall-{id}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}",
                    FolderDevice = place.Identity.Device,
                    FolderInode = place.Identity.Inode,
                    Folders = target.Folders,
                    Kept = keep,
                },
            });
            refusal = Remove(begun.File!, target);
            if (refusal is null)
            {
                _step("done");
                return journal.Step(begun, ActState.Done, begun.File!.Links > 1 ? $"{begun.File.Links - 1} other names still lead to the content" : "");
            }

            _step("failed");
            _ = belongings.IsPinned ? belongings.GiveFlagsTo(target.File) : null;
            _ = journal.Step(begun, ActState.Failed, refusal.Detail);
            vault.Drop(id);
            return null;
        }
        catch (Exception failed) when (failed is IOException or KernelException or UnauthorizedAccessException)
        {
            if (begun is not null)
            {
                // What was changed so far is changed back, or found to be done after all.
                Act settled = Settle(begun);
                refusal = settled.State == ActState.Done ? null : new Refusal(Refusal.Error, failed.Message, Tried: true);
                return settled.State == ActState.Done ? settled : null;
            }

            vault.Drop(id);
            refusal = new Refusal(failed is IOException ? Refusal.Unsafe : Refusal.Error, failed.Message);
            return null;
        }
    }

    /// <summary>Finds out what became of a quarantine that was begun and perhaps not finished: it is made undone if it can be, else it is done.</summary>
    public Act Settle(Act act)
    {
        QuarantinedFile file = act.File!;
        _ = HeldFolder.TryHold(file.Folder, out HeldFolder? folder, out string refusal);
        using HeldFolder? held = folder;
        if (folder is null || !folder.TryStat(out FileState place) || (place.Identity.Device, place.Identity.Inode) != (file.FolderDevice, file.FolderInode))
        {
            // Its filesystem may not be mounted yet.
            return act with { Note = $"not known yet: {(refusal.Length > 0 ? refusal : "its folder is another one now")}" };
        }

        byte[] aside = Encoding.ASCII.GetBytes(file.Aside);
        if (Is(folder, aside, file.Device, file.Inode))
        {
            bool back = folder.TryRename(aside, folder, file.Name);
            if (!back)
            {
                // Something new has its name: it is put back on request, beside.
                _ = folder.TryUnlink(aside);
            }

            folder.Flush();
            if (!back)
            {
                return journal.Step(act, ActState.Done, "found half done after a crash, and finished");
            }
        }
        else if (folder.TryStat(aside, out _))
        {
            // Somebody's other file, taken aside for the right one.
            _ = folder.TryRename(aside, folder, file.Name);
            folder.Flush();
            return Spared(act, "another file had taken its place");
        }
        else if (!Is(folder, file.Name, file.Device, file.Inode))
        {
            return journal.Step(act, ActState.Done, "found done after a crash");
        }

        string without = file.Belongings.IsPinned ? string.Concat(GiveFlags(folder, file.Name.ToArray(), (file.Device, file.Inode), file.Belongings).Select(missed => $", without its {missed}")) : "";
        return Spared(act, $"it was interrupted; the file is where it was{without}");
    }

    /// <summary>Puts a file back as it was: at its place, or beside it when something else is there now.</summary>
    /// <param name="act">Done; or begun to be put back before, and interrupted.</param>
    /// <param name="problem">Why it is still in the vault.</param>
    /// <returns>The act as it is then. Its note says where the file is, and what could not be given back.</returns>
    public Act Return(Act act, out string problem)
    {
        QuarantinedFile file = act.File!;
        problem = file.Kept ? "" : "its content was not kept: the host ran without \"undo\" (withoutGuards), for a rehearsal";
        if (!file.Kept)
        {
            return act;
        }

        try
        {
            using HeldFolder? folder = HoldAgain(file, out problem);
            if (folder is null)
            {
                return act;
            }

            byte[] aside = Encoding.ASCII.GetBytes(file.Aside);
            List<string> notes = [];
            byte[]? name = act.State == ActState.Returning ? Candidates(file, act.Id).FirstOrDefault(given => Is(folder, given, act.Returning.Device, act.Returning.Inode)) : null;
            if (name is null)
            {
                // A leftover of an attempt before is incomplete for all we know.
                _step("make");
                _ = folder.TryUnlink(aside);
                using SafeFileHandle made = folder.Create(aside);
                _step("fill");
                vault.Give(act.Id, file.Digest, made);
                _step("belongings");
                notes.AddRange(file.Belongings.GiveTo(made));
                RandomAccess.FlushToDisk(made);
                if (!OpenFile.TryStat((int)made.DangerousGetHandle(), out FileState state))
                {
                    throw new IOException("the new file cannot be looked at");
                }

                _step("returning");
                act = journal.Step(act, ActState.Returning, returning: (state.Identity.Device, state.Identity.Inode));
                _step("name");
                name = Candidates(file, act.Id).FirstOrDefault(given => folder.TryRename(aside, folder, given));
                if (name is null)
                {
                    throw new IOException($"every name beside {file.ShownPath} is taken");
                }
            }

            _step("flags");
            notes.AddRange(GiveFlags(folder, name, act.Returning, file.Belongings));
            folder.Flush();
            _step("undone");
            act = journal.Step(act, ActState.Undone, Note(file, name, notes));
            _step("drop");
            vault.Drop(act.Id);
        }
        catch (Exception failed) when (failed is IOException or KernelException or UnauthorizedAccessException)
        {
            problem = failed.Message;
        }

        return act;
    }

    private Act Spared(Act act, string why)
    {
        Act failed = journal.Step(act, ActState.Failed, why);
        vault.Drop(act.Id);
        return failed;
    }

    private Refusal? Remove(QuarantinedFile file, FileTarget target)
    {
        HeldFolder folder = target.Folder;
        byte[] aside = Encoding.ASCII.GetBytes(file.Aside);
        if (file.Belongings.IsPinned)
        {
            _step("unpin");
            file.Belongings.Unpin(target.File);
        }

        _step("aside");
        try
        {
            if (!folder.TryRename(file.Name, folder, aside))
            {
                return new Refusal(Refusal.Error, $"a file called {file.Aside} is in the way", Tried: true);
            }
        }
        catch (KernelException gone) when (gone.Errno.Value == Errno.ENOENT)
        {
            return new Refusal(Refusal.Changed, "it lost its name meanwhile", Tried: true);
        }

        // What has the name aside is what had the name: if somebody exchanged it meanwhile, it is theirs and goes back.
        if (!Is(folder, aside, file.Device, file.Inode))
        {
            _step("back");
            string where = folder.TryRename(aside, folder, file.Name) ? "" : $"; what was exchanged for it is {file.Aside} now, because something new has its name";
            return new Refusal(Refusal.Changed, $"another file took its place meanwhile{where}", Tried: true);
        }

        _step("remove");
        _ = folder.TryUnlink(aside);
        folder.Flush();
        return null;
    }

    private static IEnumerable<string> GiveFlags(HeldFolder folder, byte[] name, (ulong Device, ulong Inode) to, FileBelongings belongings)
    {
        if (belongings.Flags is null or 0 || folder.TryHoldName(name) is not { } held)
        {
            yield break;
        }

        using (held)
        {
            if (!OpenFile.TryStat((int)held.DangerousGetHandle(), out FileState state) || (state.Identity.Device, state.Identity.Inode) != to)
            {
                yield break;        // exchanged already: flags are not for strangers' files
            }

            using SafeFileHandle file = LocalPath.OpenForReading(held, quietly: true);
            if (belongings.GiveFlagsTo(file) is { } missed)
            {
                yield return missed;
            }
        }
    }

    // The folders that are gone are made again, as they were; one that is a link now is not followed.
    private static HeldFolder? HoldAgain(QuarantinedFile file, out string problem)
    {
        FolderOutcome outcome = HeldFolder.TryHold(file.Folder, out HeldFolder? folder, out problem);
        if (outcome != FolderOutcome.Missing)
        {
            return folder;
        }

        HeldFolder at = HeldFolder.Hold("/");
        int depth = 0;
        foreach (byte[] name in Names(file.Folder))
        {
            HeldFolder? next = at.TryHoldFolder(name);
            if (next is null && at.TryMakeFolder(name, 0x1C0))
            {
                next = at.TryHoldFolder(name);
                FolderOwner owner = depth < file.Folders.Count ? file.Folders[depth] : new FolderOwner(0, 0, 0x1C0);
                next?.Give(owner.Owner, owner.Group, owner.Mode);
                at.Flush();
            }

            at.Dispose();
            if (next is null)
            {
                problem = $"{Encoding.UTF8.GetString(file.Folder)}: {Encoding.UTF8.GetString(name)} is no folder; move it away";
                return null;
            }

            at = next;
            depth++;
        }

        at.Dispose();
        _ = HeldFolder.TryHold(file.Folder, out folder, out problem);
        return folder;
    }

    private static IEnumerable<byte[]> Names(ReadOnlySpan<byte> path) =>
        [.. Encoding.Latin1.GetString(path).Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Encoding.Latin1.GetBytes)];

    private static bool Is(HeldFolder folder, ReadOnlySpan<byte> name, ulong device, ulong inode) =>
        folder.TryStat(name, out FileState state) && state.Identity.Device == device && state.Identity.Inode == inode;

    private static bool IsSameContent(in FileState now, in FileState before) => now.Identity == before.Identity && now.Links == before.Links;

    // Its own name first; then names beside it that say what they are. A name is at most 255 bytes.
    private static IEnumerable<byte[]> Candidates(QuarantinedFile file, long id)
    {
        byte[] name = file.Name.ToArray();
        yield return name;
        for (int i = 1; i <= NamesAtMost; i++)
        {
            byte[] ending = Encoding.ASCII.GetBytes(i == 1 ? $".ringwall-restored-{id}" : $".ringwall-restored-{id}-{i}");
            yield return [.. name.AsSpan(0, Math.Min(name.Length, 255 - ending.Length)), .. ending];
        }
    }

    private static string Note(QuarantinedFile file, byte[] name, List<string> notes)
    {
        string place = file.Name.SequenceEqual(name)
            ? $"back at {file.ShownPath}"
            : $"something else is at {file.ShownPath} now, so it is beside it, as {Encoding.UTF8.GetString(name)}";
        string links = file.Links > 1 ? $"; it had {file.Links - 1} other names, and is a file of its own now" : "";
        return notes.Count == 0 ? place + links : $"{place}{links}; without {string.Join(", ", notes)}";
    }
}
