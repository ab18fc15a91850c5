using Ringwall.Host.Journal;
using Ringwall.Host.Tests.Tells;

namespace Ringwall.Host.Tests.Journal;

public sealed class JournalStreamTests : IDisposable
{
    private readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_read_back_over_many_segments_and_lives_of_the_writer()
    {
        for (int life = 0; life < 4; life++)
        {
            using JournalStream stream = _folder.Open(run: (ulong)life + 1);
            JournalFolder.Write(stream, life * 1000, 1000, length: 9000);
        }

        Assert.True(_folder.Files.Count >= 3, "all of it is in one segment, so this run proved little");
        Assert.Equal(Enumerable.Range(0, 4000), _folder.ReadAll());
        using JournalReader reader = new(_folder.Stream);
        List<ulong> runs = [];
        while (reader.TryNext(out _))
        {
            runs.Add(reader.Run);
        }

        Assert.Equal(Enumerable.Range(0, 4000).Select(number => (ulong)(number / 1000) + 1), runs);
    }

    [Fact]
    public void A_segment_that_is_cut_anywhere_gives_what_was_whole_and_goes_on_from_there()
    {
        using (JournalStream stream = _folder.Open())
        {
            JournalFolder.Write(stream, 0, 12, length: 30);
        }

        string file = Assert.Single(_folder.Files);
        byte[] whole = File.ReadAllBytes(file);
        int frame = JournalFrame.HeadBytes + 30;
        int torn = 0;
        for (int length = 0; length <= whole.Length; length++)
        {
            foreach (string left in _folder.Files)
            {
                File.Delete(left);
            }

            File.WriteAllBytes(file, whole[..length]);
            int records = Math.Max(0, length - JournalFrame.SegmentHeadBytes) / frame;

            // Before anybody mends it, too.
            Assert.Equal(Enumerable.Range(0, records), _folder.ReadAll());
            using (JournalStream next = _folder.Open(run: 2))
            {
                torn += next.Cut > 0 ? 1 : 0;
                JournalFolder.Write(next, records, 1);
            }

            Assert.Equal(Enumerable.Range(0, records + 1), _folder.ReadAll());
        }

        Assert.Equal((12 * (frame - 1)) + JournalFrame.SegmentHeadBytes - 1, torn);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Whatever_was_done_to_the_files_only_whole_records_are_read(int seed)
    {
        Random random = new(seed);
        using (JournalStream stream = _folder.Open(maxBytes: 16 * 64 * 1024))
        {
            JournalFolder.Write(stream, 0, 3000, length: 100);
        }

        byte[][] files = [.. _folder.Files.Select(File.ReadAllBytes)];
        string[] names = [.. _folder.Files];
        Assert.True(files.Length >= 5);
        int lost = 0;
        for (int round = 0; round < 150; round++)
        {
            int victim = random.Next(files.Length);
            byte[] changed = [.. files[victim]];
            switch (random.Next(4))
            {
                case 0: changed[random.Next(changed.Length)] ^= (byte)random.Next(1, 256); break;
                case 1: Array.Clear(changed, random.Next(changed.Length / 2), changed.Length / 2); break;
                case 2: random.NextBytes(changed.AsSpan(random.Next(changed.Length))); break;
                default: changed = changed[..random.Next(changed.Length)]; break;
            }

            File.WriteAllBytes(names[victim], changed);

            // Each is compared with what its number says; the others' segments are all there.
            List<int> read = _folder.ReadAll();
            Assert.True(read.SequenceEqual(read.Distinct().Order()), $"seed {seed}, round {round}");
            int whole = read.Count;
            Assert.True(whole >= 3000 - (changed.Length + files[victim].Length / 120) && whole <= 3000, $"seed {seed}, round {round}: {whole}");
            lost += 3000 - whole;
            File.WriteAllBytes(names[victim], files[victim]);
        }

        Assert.True(lost > 1000, "nothing was ever lost, so this run proved nothing");
        Assert.Equal(3000, _folder.ReadAll().Count);
    }

    [Fact]
    public void It_takes_no_more_room_than_it_may_and_keeps_the_latest()
    {
        const long Most = 1024 * 1024;
        using JournalStream stream = _folder.Open(Most);
        for (int number = 0; number < 4000; number++)
        {
            JournalFolder.Write(stream, number, 1, length: number % 50 == 0 ? 60_000 : 400);
            if (number % 100 == 0)
            {
                Assert.True(_folder.Bytes <= Most, $"{_folder.Bytes} bytes after {number}");
                Assert.Equal(_folder.Bytes, stream.Bytes);
            }
        }

        List<int> kept = _folder.ReadAll();
        Assert.Equal(Enumerable.Range(kept[0], 4000 - kept[0]), kept);
        Assert.True(kept[0] > 1000 && _folder.Bytes > Most / 2, $"from {kept[0]} on, {_folder.Bytes} bytes");
    }

    [Fact]
    public void Nothing_stays_longer_than_it_may()
    {
        using JournalStream stream = _folder.Open();
        for (int hour = 0; hour < 40; hour++)
        {
            JournalFolder.Write(stream, hour, 1);
            _folder.Clock.Advance(TimeSpan.FromHours(1));
            stream.Tidy();

            // 16 hours are allowed; a segment, which goes as a whole, spans a sixteenth of that.
            List<int> kept = _folder.ReadAll();
            int first = Math.Max(0, hour - 15);
            Assert.True(kept[0] >= first && kept[0] <= first + 2 && kept[^1] == hour, $"hour {hour}: {kept[0]} to {kept[^1]}");
        }

        _folder.Clock.Advance(TimeSpan.FromHours(20));
        stream.Tidy();
        Assert.Empty(_folder.Files);
        JournalFolder.Write(stream, 40, 1);
        Assert.Equal([40], _folder.ReadAll());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Whoever_sets_the_wall_clock_keeps_nothing_longer_and_loses_no_more_than_by_so_much(int hours)
    {
        using JournalStream stream = _folder.Open();
        for (int hour = 0; hour < 40; hour++)
        {
            JournalFolder.Write(stream, hour, 1);
            if (hour % 10 == 5)
            {
                _folder.Clock.Set(TimeSpan.FromHours(hour == 5 ? hours : hour == 15 ? -hours : 0));
            }

            _folder.Clock.Advance(TimeSpan.FromHours(1));
            stream.Tidy();
            List<int> kept = _folder.ReadAll();
            int first = Math.Max(0, hour - 15);
            Assert.True(kept[0] >= first && kept[0] <= first + 3 && kept[^1] == hour, $"hour {hour}: {kept[0]} to {kept[^1]}");
        }
    }

    [Fact]
    public void What_a_former_host_wrote_before_the_wall_clock_was_set_back_goes_in_its_time()
    {
        using (JournalStream stream = _folder.Open())
        {
            JournalFolder.Write(stream, 0, 1);
        }

        _folder.Clock.Set(TimeSpan.FromDays(-365));
        using JournalStream next = _folder.Open(run: 2);
        _folder.Clock.Advance(TimeSpan.FromHours(15));
        next.Tidy();
        Assert.Equal([0], _folder.ReadAll());       // the control
        _folder.Clock.Advance(TimeSpan.FromHours(2));
        next.Tidy();
        Assert.Empty(_folder.ReadAll());
    }

    [Fact]
    public void It_is_for_its_owner_alone()
    {
        using JournalStream stream = _folder.Open();
        JournalFolder.Write(stream, 0, 1);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.Stream));
        Assert.All(_folder.Files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(77)]
    [InlineData(2000)]
    [InlineData(5000)]
    public void The_latest_are_found_wherever_they_are(int count)
    {
        using JournalStream stream = _folder.Open(16 * 64 * 1024);
        JournalFolder.Write(stream, 0, 2000, length: 300);
        Assert.True(_folder.Files.Count > 5);
        using JournalReader reader = stream.Last(count);
        Assert.Equal(Enumerable.Range(0, 2000).TakeLast(count), JournalFolder.Read(reader));
    }

    [Fact]
    public void Those_from_a_moment_on_are_found()
    {
        using JournalStream stream = _folder.Open();
        for (int minute = 0; minute < 60; minute++)
        {
            JournalFolder.Write(stream, minute, 1);
            _folder.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        using JournalReader reader = stream.Since(_folder.Clock.GetUtcNow() - TimeSpan.FromMinutes(10));
        Assert.Equal(Enumerable.Range(50, 10), JournalFolder.Read(reader));
    }

    [Fact]
    public async Task Who_reads_beside_the_writer_gets_everything_in_order_and_nothing_torn()
    {
        const int Count = 20_000;
        using JournalStream stream = _folder.Open();
        using JournalReader reader = new(_folder.Stream);
        Task writing = Task.Run(
            () =>
            {
                for (int number = 0; number < Count; number++)
                {
                    Assert.True(stream.TryAdd(JournalRecordKind.Tell, JournalFolder.Record(number, (number % 7 * 800) + 10)) || Again(number));
                    if (number % 13 == 0)
                    {
                        Assert.True(stream.TryFlush(out _));
                    }
                }

                Assert.True(stream.TryFlush(out _));

                bool Again(int number) => stream.TryFlush(out _) && stream.TryAdd(JournalRecordKind.Tell, JournalFolder.Record(number, (number % 7 * 800) + 10));
            },
            TestContext.Current.CancellationToken);
        int next = 0;
        TestMachine.Until(
            () =>
            {
                while (reader.TryNext(out JournalRecord record))
                {
                    Assert.Equal(next++, JournalFolder.Number(record));
                }

                return next == Count;
            },
            () => $"read up to {next} of {Count}; {writing.Status} {writing.Exception}");
        await writing;
        Assert.Equal(0, reader.Torn);
        Assert.True(_folder.Files.Count > 3, "all of it is in one segment, so this run proved little");
    }

    [Fact]
    public void A_full_disk_costs_the_records_that_it_refuses_and_no_others()
    {
        Assert.SkipUnless(TestMachine.IsRoot, "needs root: a file system of its own to fill");
        using TestMount mount = new(options: "size=1m");
        string folder = Path.Combine(mount.Path, "stream");
        using JournalStream stream = JournalStream.Open(folder, JournalFolder.Large, TimeSpan.FromHours(16), 1, _folder.Clock);
        List<int> expected = [];
        int refused = 0;
        for (int number = 0; number < 3000; number++)
        {
            if (number is 1000 or 2000)
            {
                // Somebody makes room.
                File.Delete(Path.Combine(mount.Path, "ballast"));
            }

            if (number is 300 or 1300)
            {
                string ballast = Path.Combine(mount.Path, "ballast");
                Assert.Throws<IOException>(() => File.WriteAllBytes(ballast, new byte[2 * 1024 * 1024]));
            }

            Assert.True(stream.TryAdd(JournalRecordKind.Tell, JournalFolder.Record(number, 150)));
            if (stream.TryFlush(out _))
            {
                expected.Add(number);
            }
            else
            {
                refused++;
                Assert.NotNull(stream.Refusal);
            }
        }

        Assert.True(refused > 500 && expected[^1] == 2999, $"{refused} refused, the last written is {expected[^1]}");
        using JournalReader reader = new(folder);
        Assert.Equal(expected, JournalFolder.Read(reader));
        Assert.Equal(0, reader.Torn);
        Assert.Null(stream.Refusal);
    }
}
