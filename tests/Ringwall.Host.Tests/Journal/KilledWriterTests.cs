using System.Diagnostics;
using Ringwall.Host.Journal;
using Ringwall.Host.Tests.Tells;

namespace Ringwall.Host.Tests.Journal;

public sealed class KilledWriterTests : IDisposable
{
    private const int Rounds = 15;
    private const int MostRounds = 60;
    private readonly JournalFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Whenever_a_writer_is_killed_what_it_had_written_is_there_and_the_next_one_goes_on()
    {
        int next = 0;
        int torn = 0;
        Random random = new(5);
        Directory.CreateDirectory(_folder.Stream);
        for (int round = 0; round < Rounds || (torn == 0 && round < MostRounds); round++)
        {
            using Process writer = JournalWriterProcess.Start(_folder.Stream, next);
            string? said = writer.StandardOutput.ReadLine();
            Assert.StartsWith("cut ", said, StringComparison.Ordinal);
            torn += said == "cut 0" ? 0 : 1;
            long least = Newest() + random.Next(1, 3_000_000);
            TestMachine.Until(() => Newest() >= least || writer.HasExited, () => $"round {round}: only {Newest()} bytes of {least}");
            Assert.False(writer.HasExited, $"round {round}: the writer ended by itself, with {(writer.HasExited ? writer.ExitCode : 0)}");
            writer.Kill();
            Assert.True(writer.WaitForExit(TestMachine.Patience));

            List<int> read = _folder.ReadAll();
            Assert.Equal(Enumerable.Range(read[0], read.Count), read);
            Assert.True(read[^1] >= next - 1, $"round {round}: up to {read[^1]}, and {next - 1} was there before");
            next = read[^1] + 1;
        }

        Assert.True(torn > 0, "no writer was ever killed in the middle of a record, so this run proved little");
        Assert.Equal(next - 1, _folder.ReadAll()[^1]);
    }

    // Grows with every write: the number of the newest segment counts those before it.
    private long Newest()
    {
        List<long> numbers = JournalSegment.NumbersIn(_folder.Stream);
        return numbers.Count == 0 ? 0 : (numbers[^1] * 1_000_000) + new FileInfo(JournalSegment.PathOf(_folder.Stream, numbers[^1])).Length;
    }
}
