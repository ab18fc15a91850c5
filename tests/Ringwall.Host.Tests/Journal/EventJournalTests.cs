using System.Net;
using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Control;
using Ringwall.Host.Decide;
using Ringwall.Host.Deliver.Tells;
using Ringwall.Host.Findings;
using Ringwall.Host.Intake.Tells;
using Ringwall.Host.Journal;
using Ringwall.Host.Review;
using Ringwall.Host.Tests.Tells;
using Ringwall.Kernel.Fanotify;
using Ringwall.Kernel.Files;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Tests.Journal;

public sealed class EventJournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-journal-").FullName;
    private readonly TellHub _hub = new();
    private readonly List<string> _notes = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Events_are_kept_byte_for_byte_and_outlive_the_host()
    {
        List<byte[]> told = [];
        using (EventJournal journal = Open())
        {
            for (int i = 0; i < 300; i++)
            {
                told.Add(Publish(Event(i)));
            }

            await journal.FlushAsync();
            Assert.Equal(told, Tells(journal));
            told.Add(Publish(Event(300)));
        }

        using EventJournal next = Open();
        told.Add(Publish(Event(301)));
        await next.FlushAsync();
        Assert.Equal(told, Tells(next));
        Assert.Equal(1, next.Figures.Written);
        Assert.Equal(0, next.Figures.Lost);
        Assert.Empty(_notes);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(_folder, EventJournal.FolderName)));
    }

    [Fact]
    public async Task Asks_are_kept_with_what_became_of_them()
    {
        using EventJournal journal = Open();
        ReviewThread review = new();
        review.Add(journal);
        review.Start();
        Assert.True(Put(review.Ring, 1, Verdict.Deny, new FindingSource("yara", "V", "1", "", 7)));
        Assert.True(Put(review.Ring, 2, Verdict.Allow, null));
        review.Dispose();
        await journal.FlushAsync();

        using JournalReader reader = journal.Asks.Last(10);
        Assert.True(reader.TryNext(out JournalRecord record));
        Assert.Equal(JournalRecordKind.Ask, record.Kind);
        Assert.True(JournalAsk.TryRead(record.Payload, out JournalAsk denied));
        Assert.Equal((Verdict.Allow, Verdict.Deny, DecisionReason.Sensors), (denied.Applied, denied.Judged, denied.Reason));
        Assert.Equal(("yara", 7, "it is bad", 1234L), (denied.SensorName(), denied.Generation, System.Text.Encoding.UTF8.GetString(denied.Why), denied.TookNs));
        Assert.Equal((5UL, 6UL, 70UL, 8L, 0x81EDu), (denied.Message.Device, denied.Message.Inode, denied.Message.Size, denied.Message.ModifiedNanoseconds, denied.Message.Mode));
        Assert.Equal((9L, 1000u, 1001u, 2u), (denied.ChangedNs, denied.Owner, denied.Group, denied.Links));
        Assert.Equal((EventClass.Exec, "/bin/true"), (denied.Message.Class, System.Text.Encoding.UTF8.GetString(denied.Message.Path)));
        Assert.Equal((42u, 990_000_000UL, 3u, "/bin/sh"), (denied.Message.Process.Pid, denied.Message.Process.Start, denied.Message.Process.Uid, System.Text.Encoding.UTF8.GetString(denied.Message.Process.Executable)));
        Assert.True(reader.TryNext(out record));
        Assert.True(JournalAsk.TryRead(record.Payload, out JournalAsk allowed));
        Assert.Equal((2UL, null), (allowed.Message.Ticket, allowed.SensorName()));
        Assert.False(reader.TryNext(out _));

        // Whatever is in a record, nothing is read past its end, and nothing throws.
        Random random = new(3);
        using JournalReader again = journal.Asks.Last(10);
        Assert.True(again.TryNext(out record));
        byte[] bytes = record.Payload.ToArray();
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] changed = bytes[..random.Next(bytes.Length + 1)];
            for (int changes = random.Next(4); changes > 0 && changed.Length > 0; changes--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            refused += JournalAsk.TryRead(changed, out _) ? 0 : 1;
        }

        Assert.InRange(refused, 1000, 20_000 - 1);
    }

    [Fact]
    public async Task What_is_to_be_left_out_is_nowhere_on_disk()
    {
        string[] secret = ["secret-argument", "/home/secret", "secret-program", "secret-directory", "secret-reason"];
        foreach (JournalField redact in (JournalField[])[JournalField.None, (JournalField)63])
        {
            using (EventJournal journal = Open(new JournalConfiguration { Redact = redact }))
            {
                Publish(Secret(TellEventKind.FileRenamed, TellKinds.File) with { Path = "/home/secret/a", NewPath = "/home/secret/b" });
                Publish(Secret(TellEventKind.Connect, TellKinds.Network) with { Address = IPAddress.Parse("198.51.100.7"), Port = 443, Transport = 6 });
                Publish(Secret(TellEventKind.ProcessFork, TellKinds.Process) with { Child = new ProcessRecord { Pid = 8, Uid = 777, Executable = "/opt/secret-program" } });
                Publish(Secret(TellEventKind.ProcessExit, TellKinds.Process) with { ExitStatus = 256 });
                _hub.PublishLoss(TellKinds.File, 3, exact: true);
                ReviewRing ring = new() { IsWanted = true };
                Put(ring, 1, Verdict.Deny, new FindingSource("yara", "V", "1", "", 7), "/home/secret/c", "secret-reason", "/opt/secret-program");
                ring.Take(new byte[16_384], journal.Review);
                await journal.FlushAsync();

                byte[][] all = [.. Directory.GetFiles(_folder, "*.journal", SearchOption.AllDirectories).Select(File.ReadAllBytes)];
                bool Found(string text) => all.Any(bytes => bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0);
                Assert.Equal(redact == JournalField.None ? secret : [], secret.Where(Found));
                List<TellEvent> read = [.. Tells(journal).Select(Decode)];
                Assert.Equal(redact == JournalField.None ? 0 : 4, read.Count(e => e.Actor?.Uid == Redaction.NoUser));
                Assert.Equal(redact == JournalField.None ? 0 : 1, read.Count(e => IPAddress.Any.Equals(e.Address)));

                // The rest is there.
                Assert.Equal(
                    [TellEventKind.FileRenamed, TellEventKind.Connect, TellEventKind.ProcessFork, TellEventKind.ProcessExit, TellEventKind.Loss], read.Select(e => e.Kind));
                Assert.Equal((443, 256u, 3UL, 8u), (read[1].Port, read[3].ExitStatus, read[4].Lost, read[2].Child!.Pid));
                Assert.Equal((7u, 5u, 11UL), (read[0].Actor!.Pid, read[0].Actor!.Ancestors[0].Pid, read[0].Inode));
                Assert.Equal(redact != JournalField.None, read[0].Actor!.ArgumentsCut);
            }

            Directory.Delete(Path.Combine(_folder, EventJournal.FolderName), recursive: true);
        }
    }

    [Fact]
    public async Task What_the_journal_has_and_what_comes_are_one_stream_without_gap_or_repetition()
    {
        // Fewer than a follower's ring holds, so that a reader for whom this machine has no time loses none.
        const int Count = 4000;
        using EventJournal journal = Open();
        TellEventFeed feed = new(_hub, journal);
        using CancellationTokenSource stop = new(TestMachine.Patience);
        Task publishing = Task.Run(
            () =>
            {
                for (int i = 0; i < Count; i++)
                {
                    Publish(Event(i));
                    if (i % 100 == 0)
                    {
                        Thread.Yield();
                    }
                }
            },
            stop.Token);
        for (int reader = 0; reader < 5; reader++)
        {
            using IFollower<EventLine> follower = feed.Since(new EventFilter(null, null), DateTimeOffset.UnixEpoch, andOn: true)!;
            for (int i = 0; i < Count; i++)
            {
                EventLine? line = await follower.NextAsync(stop.Token);
                Assert.Equal($"/tmp/{i}", line!.Path);
            }
        }

        await publishing;
        using IFollower<EventLine> some = feed.Since(new EventFilter([EventKinds.Created], "/tmp/59"), DateTimeOffset.UnixEpoch, andOn: false)!;
        List<string?> paths = [];
        while (await some.NextAsync(stop.Token) is { } line)
        {
            paths.Add(line.Path);
        }

        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"/tmp/{i}").Where(path => path.StartsWith("/tmp/59", StringComparison.Ordinal)), paths);
        Assert.Null(new TellEventFeed(_hub).Since(new EventFilter(null, null), DateTimeOffset.UnixEpoch, andOn: true));
    }

    [Fact]
    public async Task The_events_of_an_earlier_life_are_not_taken_for_those_of_this_one()
    {
        using (Open())
        {
            Publish(Event(1));
            Publish(Event(2));
        }

        // Numbers begin anew with each life of the host.
        TellHub hub = new();
        using EventJournal journal = EventJournal.TryOpen(_folder, new JournalConfiguration(), hub, TimeProvider.System, _notes.Add)!;
        journal.Start();
        using IFollower<EventLine> follower = new TellEventFeed(hub, journal).Since(new EventFilter(null, null), DateTimeOffset.UnixEpoch, andOn: true)!;
        using CancellationTokenSource stop = new(TestMachine.Patience);
        Assert.Equal("/tmp/1", (await follower.NextAsync(stop.Token))!.Path);
        Assert.Equal("/tmp/2", (await follower.NextAsync(stop.Token))!.Path);
        ValueTask<EventLine?> next = follower.NextAsync(stop.Token);
        TellEvent third = Event(3) with { Sequence = hub.NextSequence(TellKinds.File) };
        hub.Publish(TellKinds.File, Encode(third));
        Assert.Equal("/tmp/3", (await next)!.Path);
    }

    [Fact]
    public async Task What_the_disk_refuses_is_counted_and_told_in_its_place()
    {
        Assert.SkipUnless(TestMachine.IsRoot, "needs root: a file system of its own to fill");
        using TestMount mount = new("size=2m");
        using EventJournal journal = EventJournal.TryOpen(mount.Path, new JournalConfiguration(), _hub, TimeProvider.System, _notes.Add)!;
        journal.Start();
        Publish(Event(0));
        await journal.FlushAsync();
        string ballast = Path.Combine(mount.Path, "ballast");
        Assert.Throws<IOException>(() => File.WriteAllBytes(ballast, new byte[4 * 1024 * 1024]));
        for (int i = 1; i <= 500; i++)
        {
            Publish(Event(i));
            await (i % 50 == 0 ? journal.FlushAsync() : Task.CompletedTask);
        }

        Assert.True(journal.Figures.Lost > 0, "the disk took everything, so this run proved nothing");
        File.Delete(ballast);
        Publish(Event(501));
        await journal.FlushAsync();

        List<TellEvent> read = [.. Tells(journal).Select(Decode)];
        Assert.Equal("/tmp/501", read[^1].Path);
        Assert.Equal(502, read.Count(e => e.Kind != TellEventKind.Loss) + read.Sum(e => (long)e.Lost));
        Assert.Equal(journal.Figures.Lost, read.Sum(e => (long)e.Lost));
        Assert.Equal(2, _notes.Count);
    }

    [Fact]
    public void One_state_directory_has_one_journal()
    {
        using EventJournal first = Open();
        Assert.Null(EventJournal.TryOpen(_folder, new JournalConfiguration(), _hub, TimeProvider.System, _notes.Add));
        Assert.Contains("another host", Assert.Single(_notes), StringComparison.Ordinal);
        Assert.Null(EventJournal.TryOpen(_folder, new JournalConfiguration { MaxMb = 0 }, _hub, TimeProvider.System, _notes.Add));
        Assert.Single(_notes);
    }

    [Fact]
    public void A_folder_that_cannot_be_had_is_said_and_nothing_else_happens()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        Assert.Null(EventJournal.TryOpen(file, new JournalConfiguration(), _hub, TimeProvider.System, _notes.Add));
        Assert.Contains("no journal is kept", Assert.Single(_notes), StringComparison.Ordinal);
        Assert.Empty(_hub.Subscriptions);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Writing_an_event_down_is_no_event(bool isOwn)
    {
        Assert.SkipUnless(TestMachine.IsRoot, "needs root: a watched file system");
        using TestMount mount = new();
        OwnProcesses own = new();
        if (isOwn)
        {
            own.Add(Environment.ProcessId);
        }

        using FileTells tells = new(ChangeGroup.Create(), new FileTellContext
        {
            Hub = _hub,
            Processes = new ProcessTable(),
            Changes = new NoChanges(),
            Own = own,
            Watches = watched => System.Text.Encoding.UTF8.GetString(watched.Point) == mount.Path,
        });
        using Listener listener = new(_hub, TellKinds.File);
        tells.Start();

        // Segments are so short that each event would make some begin and end.
        using EventJournal journal = EventJournal.TryOpen(mount.Path, new JournalConfiguration { MaxMb = 1 }, _hub, TimeProvider.System, _notes.Add)!;
        journal.Start();
        for (int i = 0; i < 400; i++)
        {
            _hub.Publish(TellKinds.Process, Encode(Event(i) with { Source = TellKinds.Process, Kind = TellEventKind.ProcessStart, Path = "", Actor = new ProcessRecord { Arguments = [new string('x', 8000)] } }));
            await journal.FlushAsync();
        }

        TestMachine.Shell($"echo x > {mount.Path}/somebody-elses");
        listener.WaitFor(e => e.Path == $"{mount.Path}/somebody-elses" && e.Kind == TellEventKind.FileWritten);
        await journal.FlushAsync();

        // A child that another test is just starting has copies of our descriptors for a moment: should it close one last, "written" is its event.
        string[] ofJournal = [.. listener.Heard.Where(e => e.Kind != TellEventKind.FileWritten && e.Path.Contains("/journal", StringComparison.Ordinal)).Select(e => $"{e.Kind} {e.Path}")];
        Assert.True(isOwn == (ofJournal.Length == 0), string.Join("; ", ofJournal));
    }

    private EventJournal Open(JournalConfiguration? configuration = null)
    {
        EventJournal? journal = EventJournal.TryOpen(_folder, configuration ?? new JournalConfiguration(), _hub, TimeProvider.System, _notes.Add);
        Assert.True(journal is not null, string.Join("; ", _notes));
        journal.Start();
        return journal;
    }

    private byte[] Publish(TellEvent told)
    {
        byte[] encoded = Encode(told with { Sequence = _hub.NextSequence(told.Source) });
        _hub.Publish(told.Source, encoded);
        return encoded;
    }

    private static TellEvent Event(int number) => new()
    {
        Kind = TellEventKind.FileCreated,
        Source = TellKinds.File,
        Time = TellHub.NowNs(),
        Path = $"/tmp/{number}",
        Actor = new ProcessRecord { Pid = 7, Executable = "/bin/touch", Arguments = ["touch", $"/tmp/{number}"] },
    };

    private static TellEvent Secret(TellEventKind kind, TellKinds source) => new()
    {
        Kind = kind,
        Source = source,
        Time = TellHub.NowNs(),
        Inode = 11,
        Actor = new ProcessRecord
        {
            Pid = 7,
            Uid = 777,
            Executable = "/opt/secret-program",
            WorkingDirectory = "/srv/secret-directory",
            Arguments = ["run", "secret-argument"],
            Ancestors = [new ProcessRecord { Pid = 5, Uid = 777, Executable = "/opt/secret-program" }],
        },
    };

    private static byte[] Encode(TellEvent told)
    {
        byte[] bytes = new byte[Protocol.MaxEventBytes];
        return bytes[..told.Write(bytes)];
    }

    private static TellEvent Decode(byte[] encoded)
    {
        Assert.True(TellReader.TryRead(encoded, out TellReader tell));
        return tell.ToEvent();
    }

    private static List<byte[]> Tells(EventJournal journal)
    {
        using JournalReader reader = journal.Tells.Since(DateTimeOffset.UnixEpoch);
        List<byte[]> all = [];
        while (reader.TryNext(out JournalRecord record))
        {
            Assert.Equal(JournalRecordKind.Tell, record.Kind);
            all.Add(record.Payload.ToArray());
        }

        return all;
    }

    private static bool Put(
        ReviewRing ring, ulong ticket, Verdict judged, FindingSource? by, string path = "/bin/true", string why = "it is bad", string program = "/bin/sh")
    {
        long dropped = ring.Dropped;
        ring.Put(new ReviewedAsk
        {
            Ticket = ticket,
            Class = EventClass.Exec,
            File = new FileState(new FileIdentity(5, 6, 70, 9, 8), 1000, 1001, 0x81ED, 2, 0),
            Pid = 42,
            Process = new ProcessEntry
            {
                Key = ProcessKey.FromBootTime(42, 990_000_000),
                ParentKey = ProcessKey.FromBootTime(1, 0),
                Executable = System.Text.Encoding.UTF8.GetBytes(program),
                WorkingDirectory = [],
                ArgumentBlock = [],
                User = 3,
                Group = 4,
            },
            Path = System.Text.Encoding.UTF8.GetBytes(path),
            Why = System.Text.Encoding.UTF8.GetBytes(why),
            Applied = Verdict.Allow,
            Judged = judged,
            Reason = DecisionReason.Sensors,
            DecidedBy = by,
            AskedNs = 1,
            TookNs = 1234,
        });
        return ring.Dropped == dropped;
    }

    private sealed class NoChanges : IFileChanges
    {
        public void HearsOf(IReadOnlySet<ulong> devices)
        {
        }

        public void Written(FileKey file)
        {
        }

        public void AttributesChanged(FileKey file)
        {
        }

        public void NameGiven(FileKey file)
        {
        }

        public void DirectoryRenamed()
        {
        }

        public void AnythingChanged()
        {
        }
    }
}
