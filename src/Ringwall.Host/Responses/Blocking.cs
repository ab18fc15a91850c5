using System.Text;
using Ringwall.Contract;
using Ringwall.Host.Decide.Blocking;
using Ringwall.Host.Findings;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Responses;

// Threads:  the responses thread.
// Ordering: digest → journal: begun → in force, and nothing that was remembered counts → journal: done.

/// <summary>Has bytes denied to everybody.</summary>
/// <param name="journal">What is blocked is what stands there.</param>
/// <param name="publish">Has this blocked, and nothing else, from when it returns.</param>
internal sealed class Blocking(UndoJournal journal, Action<IReadOnlyList<(BlockedContent Content, FileIdentity File)>> publish)
{
    /// <param name="draft">Who wants it, and why.</param>
    /// <param name="target">The file that has the bytes.</param>
    /// <param name="refusal">Why nothing was done.</param>
    public Act? Block(Act draft, FileTarget target, out Refusal? refusal)
    {
        FileIdentity seen = target.State.Identity;
        if (seen.Size is 0 or > (ulong)Quarantine.LargestBytes)
        {
            refusal = new Refusal(Refusal.Unsupported, $"it has {seen.Size:N0} bytes, and 1 to {Quarantine.LargestBytes:N0} are looked at");
            return null;
        }

        string digest = Digest.Of(target.File);
        if (!OpenFile.TryStat(target.Descriptor, out FileState now) || now.Identity != seen)
        {
            refusal = new Refusal(Refusal.Busy, "it was changed while it was read");
            return null;
        }

        refusal = null;
        Act begun = journal.Begin(draft with { Id = journal.NextId(), Block = new BlockedFile(digest, (long)seen.Size, Encoding.UTF8.GetString(target.Path), seen) });
        Publish();
        return journal.Step(begun, ActState.Done);
    }

    public Act Lift(Act act)
    {
        act = journal.Step(act, ActState.Undone, "nobody is kept from these bytes any more");
        Publish();
        return act;
    }

    /// <summary>Has in force what stands in the journal.</summary>
    public void Publish() => publish([.. journal.Acts
        .Where(act => act.Kind == ResponseKind.Block && act.State is ActState.Begun or ActState.Done)
        .Select(act => (Content(act), act.Block!.Seen))]);

    private static BlockedContent Content(Act act) => new(
        (ulong)act.Block!.Size,
        act.Block.Digest,
        new FindingSource(act.Sensor, "", act.Engine, act.Content, (int)act.Generation),
        Encoding.UTF8.GetBytes($"these bytes are blocked (`ringwall undo --id {act.Id}` lifts it): {act.Reason}"));
}
