using Microsoft.Win32.SafeHandles;
using Ringwall.Contract;
using Ringwall.Host.Generations.Probation.Synthetic;

namespace Ringwall.Host.Tests.Generations.Probation;

public sealed class SyntheticEventsTests
{
    private const int Seed = 20_240_719;

    public static TheoryData<string> Shapes => [.. All.Select((shape, i) => $"{i} {shape.Name}")];

    private static Shape[] All => [.. SyntheticEvents.AskShapes, .. SyntheticEvents.TellShapes.Select(tell => tell.Shape)];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_two_values_of_every_two_fields_come_together(string which)
    {
        Shape shape = All[int.Parse(which.Split(' ')[0], null)];
        IReadOnlyList<int[]> rows = shape.Rows(Seed);
        Assert.Empty(Uncovered(shape, rows));

        // A test that cannot fail shows nothing: each row is there for a pair that no other has, or nearly so.
        Assert.NotEmpty(Uncovered(shape, [.. rows.Skip(1)]));
    }

    [Fact]
    public void Pairs_take_far_fewer_rows_than_everything_with_everything()
    {
        IReadOnlyList<int[]> rows = CoveringArray.Pairs([5, 5, 5, 5, 5, 5, 5, 5, 5, 5], Seed);
        Assert.InRange(rows.Count, 25, 60);
    }

    [Fact]
    public void Every_ask_is_well_formed_and_says_what_its_row_says()
    {
        int longest = 0, full = 0;
        foreach (SyntheticAsk synthetic in SyntheticEvents.Asks(Seed))
        {
            byte[] message = synthetic.Message(77, 1234);
            Assert.True(AskMessage.TryRead(message, out AskMessage ask), synthetic.Says);
            Assert.Equal((77UL, 1234UL, synthetic.Class), (ask.Ticket, ask.Deadline, ask.Class));
            longest = Math.Max(longest, message.Length);
            int ancestors = 0;
            foreach (ProcessView ancestor in ask.Process.Ancestors)
            {
                ancestors += ancestor.Executable.Length == Protocol.MaxPathBytes ? 1 : 0;
            }

            full += ancestors == Protocol.MaxAncestors && ask.Path.Length == Protocol.MaxPathBytes ? 1 : 0;
        }

        // The interesting cases were met.
        Assert.InRange(longest, 100_000, Protocol.MaxMessageBytes);
        Assert.True(full > 0);
    }

    [Fact]
    public void Every_tell_is_well_formed_and_every_kind_comes()
    {
        IReadOnlyList<SyntheticTell> tells = SyntheticEvents.Tells(Seed);
        HashSet<TellEventKind> kinds = [];
        foreach (SyntheticTell synthetic in tells)
        {
            Assert.True(TellReader.TryRead(synthetic.Event, out TellReader tell), synthetic.Says);
            Assert.Equal(synthetic.Source, tell.Source);
            kinds.Add(tell.Kind);
        }

        Assert.All(Enum.GetValues<TellEventKind>().Where(kind => kind != TellEventKind.None), kind => Assert.Contains(kind, kinds));
        Assert.Contains(kinds, kind => !Enum.IsDefined(kind));
        Assert.InRange(tells.Count, 300, 3000);
    }

    [Fact]
    public void The_same_seed_gives_the_same_events_and_another_gives_others()
    {
        static string Said(int seed) => string.Join('\n', SyntheticEvents.Asks(seed).Select(ask => ask.Says).Concat(SyntheticEvents.Tells(seed).Select(tell => tell.Says)));
        Assert.Equal(Said(Seed), Said(Seed));
        Assert.NotEqual(Said(Seed), Said(Seed + 1));
    }

    [Fact]
    public void Files_are_what_they_are_called_and_leave_nothing_behind()
    {
        string folder = Directory.CreateTempSubdirectory("ringwall-synthetic-").FullName;
        try
        {
            using SyntheticFiles files = new(folder, Seed);
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
            Assert.Equal(-1, files.Descriptor(FileKind.None));
            Assert.Equal(0, Length(files, FileKind.Empty));
            Assert.Equal(1, Length(files, FileKind.OneByte));
            Assert.Equal("\u007fELF"u8, Head(files, FileKind.Program, 4));
            Assert.Equal("\u007fELF"u8, Head(files, FileKind.CutProgram, 4));
            Assert.Equal("#!/bin/sh\n"u8, Head(files, FileKind.Script, 10));
            Assert.True(Length(files, FileKind.Sparse) > uint.MaxValue || files.Descriptor(FileKind.Sparse) < 0);
        }
        finally
        {
            Directory.Delete(folder);
        }
    }

    private static long Length(SyntheticFiles files, FileKind kind)
    {
        using SafeFileHandle file = new(files.Descriptor(kind), ownsHandle: false);
        return RandomAccess.GetLength(file);
    }

    private static byte[] Head(SyntheticFiles files, FileKind kind, int length)
    {
        using SafeFileHandle file = new(files.Descriptor(kind), ownsHandle: false);
        byte[] head = new byte[length];
        RandomAccess.Read(file, head, 0);
        return head;
    }

    // Slow and obvious: not how the rows were made.
    private static IEnumerable<string> Uncovered(Shape shape, IReadOnlyList<int[]> rows)
    {
        for (int a = 0; a < shape.Factors.Count; a++)
        {
            for (int b = a + 1; b < shape.Factors.Count; b++)
            {
                for (int x = 0; x < shape.Factors[a].Levels.Length; x++)
                {
                    for (int y = 0; y < shape.Factors[b].Levels.Length; y++)
                    {
                        if (!rows.Any(row => row[a] == x && row[b] == y))
                        {
                            yield return $"{shape.Name}: {shape.Factors[a].Name} {shape.Factors[a].Levels[x].Name} with {shape.Factors[b].Name} {shape.Factors[b].Levels[y].Name}";
                        }
                    }
                }
            }
        }
    }
}
