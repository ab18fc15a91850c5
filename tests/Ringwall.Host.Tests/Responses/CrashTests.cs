using Ringwall.Contract;
using Ringwall.Host.Responses;
using Ringwall.Host.Tests.Asks;

namespace Ringwall.Host.Tests.Responses;

/// <summary>The host ends in the middle of a quarantine, or of its undoing, at every step; then the next one starts.</summary>
[Collection("kernel")]
public sealed class CrashTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("tmpfs", false)]
    [InlineData("ext4", true)]
    public void A_quarantine_that_was_cut_short_is_done_or_not_done_and_can_be_taken_back(string type, bool pinned)
    {
        string[] steps = StepsOf(type, pinned, undo: false);
        Assert.True(steps.Length >= 5, $"only {string.Join(", ", steps)}");
        int kept = 0, taken = 0;
        foreach (string step in steps)
        {
            using TestMount mount = type == "tmpfs" ? TestMount.Tmpfs() : TestMount.Ext4();
            string home = Directory.CreateTempSubdirectory("ringwall-vault-").FullName;
            string path = Make(mount, pinned, out string before);
            using Park park = new(step);
            park.Cut(home, at => at.BeginToQuarantine(path));
            using (DeskAtWork next = new(home))
            {
                _ = next.Desk.Undo(new UndoOrder { Id = -1 });      // waits until it has settled
                bool there = File.Exists(path);
                Act? act = next.Desk.Acts.SingleOrDefault();
                Assert.True(there ? act is null or { State: ActState.Failed } : act is { State: ActState.Done }, $"{step}: {there}, {act}");
                Assert.Equal(there ? 0 : 1, next.Contents.Length);
                kept += there ? 1 : 0;
                taken += there ? 0 : 1;
                _ = next.Desk.Undo(new UndoOrder());
                Assert.Equal(before, Belongings.Of(path));
                Assert.Equal([path], QuarantineTests.Entries(mount));
                Assert.Empty(next.Contents);
            }

            Unpin(path, pinned);
            Directory.Delete(home, recursive: true);
        }

        Assert.True(kept > 0 && taken > 0, $"{kept} kept, {taken} taken: one side was never met");
    }

    [Theory]
    [InlineData("tmpfs", false)]
    [InlineData("ext4", true)]
    public void An_undo_that_was_cut_short_is_finished_by_the_next(string type, bool pinned)
    {
        string[] steps = StepsOf(type, pinned, undo: true);
        Assert.True(steps.Length >= 7, $"only {string.Join(", ", steps)}");
        foreach (string step in steps)
        {
            using TestMount mount = type == "tmpfs" ? TestMount.Tmpfs() : TestMount.Ext4();
            string home = Directory.CreateTempSubdirectory("ringwall-vault-").FullName;
            string path = Make(mount, pinned, out string before);
            using (DeskAtWork first = new(home))
            {
                Assert.Equal(ResponseOutcome.Done, first.Quarantine(path).Outcome);
            }

            using Park park = new(step);
            park.Cut(home, at => at.Desk.Undo(new UndoOrder()));
            using (DeskAtWork next = new(home))
            {
                UndoneAct undone = Assert.Single(next.Desk.Undo(new UndoOrder()));
                Assert.True(undone.Result is UndoResult.Undone or UndoResult.Already, $"{step}: {undone.Result} {undone.Note}");
                Assert.Equal(before, Belongings.Of(path));
                Assert.Equal([path], QuarantineTests.Entries(mount));
                Assert.Empty(next.Contents);
            }

            Unpin(path, pinned);
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public void A_journal_that_ends_in_the_middle_of_a_line_is_read_up_to_there()
    {
        using TestMount mount = TestMount.Tmpfs();
        using TestMount vault = TestMount.Tmpfs();
        string path = mount.Write("bad", "bad");
        using (DeskAtWork at = new(vault.Point))
        {
            Assert.Equal(ResponseOutcome.Done, at.Quarantine(path).Outcome);
            mount.Write("bad", "worse");
            Assert.Equal(ResponseOutcome.Done, at.Quarantine(path).Outcome);
        }

        string file = vault["vault/" + UndoJournal.Name];
        byte[] whole = File.ReadAllBytes(file);
        int last = Array.LastIndexOf(whole, (byte)'\n', whole.Length - 2) + 1;
        for (int length = last; length <= whole.Length; length++)
        {
            File.WriteAllBytes(file, whole[..length]);
            using UndoJournal journal = new(vault["vault"], TimeProvider.System);
            Assert.Equal([ActState.Done, length == whole.Length ? ActState.Done : ActState.Begun], journal.Acts.Select(act => act.State));
            Assert.Equal(0, journal.Unreadable);
            Assert.Equal(length == whole.Length ? length : last, new FileInfo(file).Length);
        }

        // The control: a line that is broken in the middle of the file is noticed.
        File.WriteAllBytes(file, [.. "{ no line }\n"u8, .. whole]);
        using UndoJournal broken = new(vault["vault"], TimeProvider.System);
        Assert.Equal((1, 2), (broken.Unreadable, broken.Acts.Count));
    }

    private static string Make(TestMount mount, bool pinned, out string before)
    {
        string path = mount.Write("bad", "bad content");
        Belongings.GiveAll(path);
        if (pinned)
        {
            TestMount.Run("chattr", "+i", path);
        }

        before = Belongings.Of(path);
        return path;
    }

    private static void Unpin(string path, bool pinned)
    {
        if (pinned)
        {
            TestMount.Run("chattr", "-i", path);
        }
    }

    // The steps that one whole quarantine, or one whole undo, takes.
    private static string[] StepsOf(string type, bool pinned, bool undo)
    {
        using TestMount mount = type == "tmpfs" ? TestMount.Tmpfs() : TestMount.Ext4();
        List<string> steps = [];
        using DeskAtWork at = new(change: context => context with { Step = steps.Add });
        string path = Make(mount, pinned, out _);
        Assert.Equal(ResponseOutcome.Done, at.Quarantine(path).Outcome);
        if (undo)
        {
            steps.Clear();
            Assert.Equal(UndoResult.Undone, Assert.Single(at.Desk.Undo(new UndoOrder())).Result);
        }

        Unpin(path, pinned && File.Exists(path));
        return [.. steps.Distinct()];
    }

    /// <summary>
    /// Ends a desk as a kill would: the thread that comes to the step never goes on, so that nothing after it is done, no cleaning up either.
    /// </summary>
    private sealed class Park(string where) : IDisposable
    {
        private readonly ManualResetEventSlim _arrived = new();
        private readonly ManualResetEventSlim _never = new();

        public void Cut(string home, Action<DeskAtWork> work)
        {
            DeskAtWork doomed = new(home, context => context with
            {
                Step = step =>
                {
                    if (step == where)
                    {
                        _arrived.Set();
                        _never.Wait();
                    }
                },
            });
            new Thread(() => work(doomed)) { IsBackground = true }.Start();
            Assert.True(_arrived.Wait(Patience), $"it never came to {where}");
        }

        // Nobody goes on, so nothing is disposed that somebody waits for.
        public void Dispose() => _arrived.Dispose();
    }
}
