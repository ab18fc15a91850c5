using System.Runtime.InteropServices;
using Ringwall.Host.Journal;
using Ringwall.Host.Tests.Tells;

namespace Ringwall.Host.Tests.Journal;

/// <summary>A stream of numbered records in a folder of the test's own.</summary>
internal sealed class JournalFolder : IDisposable
{
    public const long Large = 64 * 1024 * 1024;

    public string Path { get; } = Directory.CreateTempSubdirectory("ringwall-journal-").FullName;

    public ManualClock Clock { get; } = new();

    public string Stream => System.IO.Path.Combine(Path, "stream");

    public IReadOnlyList<string> Files => [.. Directory.GetFiles(Stream).Order(StringComparer.Ordinal)];

    public long Bytes => Files.Sum(file => new FileInfo(file).Length);

    /// <summary>A record of so many bytes that says its number, and whose every byte follows from it.</summary>
    public static byte[] Record(int number, int length = 40)
    {
        byte[] record = new byte[Math.Max(length, sizeof(int))];
        ulong state = (ulong)number;
        foreach (ref ulong word in MemoryMarshal.Cast<byte, ulong>(record.AsSpan()))
        {
            word = state = (state * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407;
        }

        BitConverter.TryWriteBytes(record, number);
        return record;
    }

    /// <summary>The records' numbers; fails on one that is not what was written.</summary>
    public static List<int> Read(JournalReader reader)
    {
        List<int> numbers = [];
        while (reader.TryNext(out JournalRecord record))
        {
            numbers.Add(Number(record));
        }

        return numbers;
    }

    public static int Number(JournalRecord record)
    {
        Assert.True(record.Payload.Length >= sizeof(int));
        int number = BitConverter.ToInt32(record.Payload);
        Assert.True(record.Payload.SequenceEqual(Record(number, record.Payload.Length)), $"record {number} is not as it was written");
        return number;
    }

    public JournalStream Open(long maxBytes = Large, ulong run = 1) => JournalStream.Open(Stream, maxBytes, TimeSpan.FromHours(16), run, Clock);

    public List<int> ReadAll()
    {
        using JournalReader reader = new(Stream);
        return Read(reader);
    }

    /// <summary>Writes records one by one.</summary>
    public static void Write(JournalStream stream, int from, int count, int length = 40)
    {
        for (int number = from; number < from + count; number++)
        {
            Assert.True(stream.TryAdd(JournalRecordKind.Tell, Record(number, length)));
            Assert.True(stream.TryFlush(out int records), stream.Refusal);
            Assert.Equal(1, records);
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
