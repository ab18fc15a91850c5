using System.Text;
using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Decide;
using Ringwall.Host.Deliver.Tells;
using Ringwall.Host.Findings;
using Ringwall.Host.Generations.Probation;
using Ringwall.Host.Journal;
using Ringwall.Host.Review;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Tests.Generations.Probation;

public sealed class RecentEventsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-recent-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_last_of_what_happened_is_read_back_as_it_was()
    {
        TellHub hub = new();
        using EventJournal journal = EventJournal.TryOpen(_folder, new JournalConfiguration(), hub, TimeProvider.System, Assert.Fail)!;
        journal.Start();
        byte[][] tells = [.. Enumerable.Range(1, 20).Select(Tell)];
        foreach (byte[] tell in tells)
        {
            hub.Publish(TellKinds.File, tell);
        }

        Review(journal, "/a", Verdict.Deny, DecisionReason.Sensors, new FindingSource("yara", "", "", "", 1));
        Review(journal, "/b", Verdict.Allow, DecisionReason.Sensors, null);
        Review(journal, "/c", Verdict.None, DecisionReason.Deadline, null);
        await journal.FlushAsync();

        RecentEvents recent = new(journal);
        Assert.Equal(tells[^5..], recent.Tells(5));
        Assert.Equal(
            [("/b", Verdict.Allow, null, 9L), ("/c", Verdict.None, null, 9L)],
            recent.Asks(2).Select(ask => (PathOf(ask), ask.Judged, ask.DeniedBy, ask.ChangedNs)));
        Assert.Equal(("/a", Verdict.Deny, "yara"), recent.Asks(10).Select(ask => (PathOf(ask), ask.Judged, ask.DeniedBy)).First());
    }

    private static byte[] Tell(int number)
    {
        byte[] room = new byte[Protocol.MaxEventBytes];
        return room[..new TellEvent { Kind = TellEventKind.FileWritten, Source = TellKinds.File, Sequence = (ulong)number, Time = 1, Path = $"/file-{number}" }.Write(room)];
    }

    private static string PathOf(RecentAsk ask)
    {
        Assert.True(AskMessage.TryRead(ask.Message, out AskMessage message));
        return Encoding.UTF8.GetString(message.Path);
    }

    private static void Review(EventJournal journal, string path, Verdict judged, DecisionReason reason, FindingSource? by) => journal.Review(new ReviewedAsk
    {
        Ticket = 1,
        Class = EventClass.Open,
        File = new FileState(new FileIdentity(5, 6, 70, 9, 8), 0, 0, 0x81ED, 1, 1),
        Pid = 42,
        Path = Encoding.UTF8.GetBytes(path),
        Applied = Verdict.Allow,
        Judged = judged,
        Reason = reason,
        DecidedBy = by,
        AskedNs = 1,
        TookNs = 20_000,
    });
}
