using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ringwall.Host.Journal;

namespace Ringwall.Host.Tests.Journal;

/// <summary>
/// Another process that writes numbered records into a stream as fast as it can, and says on its output up to which number they are written: this very test program, started
/// with a variable set, so that what is killed is a process of its own.
/// </summary>
internal static class JournalWriterProcess
{
    private const string Variable = "RINGWALL_TEST_JOURNAL_WRITER";

    public static Process Start(string folder, int from)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "Ringwall.Host.Tests")) { RedirectStandardOutput = true };
        start.Environment[Variable] = $"{from} {folder}";
        return Process.Start(start)!;
    }

    [ModuleInitializer]
    internal static void WriteInsteadOfTesting()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } order)
        {
            return;
        }

        string[] words = order.Split(' ', 2);
        int number = int.Parse(words[0], System.Globalization.CultureInfo.InvariantCulture);
        using JournalStream stream = JournalStream.Open(words[1], maxBytes: 8 * 1024 * 1024, TimeSpan.FromHours(1), (ulong)number + 1, TimeProvider.System);
        Console.WriteLine($"cut {stream.Cut}");
        for (Random lengths = new(number); ; number++)
        {
            // Some are written alone, some many at a time.
            byte[] record = JournalFolder.Record(number, lengths.Next(12, 4000));
            bool added = stream.TryAdd(JournalRecordKind.Tell, record);
            if ((!added || number % 1000 == 0) && !stream.TryFlush(out _))
            {
                Environment.Exit(3);
            }

            if (!added)
            {
                stream.TryAdd(JournalRecordKind.Tell, record);
            }
        }
    }
}
