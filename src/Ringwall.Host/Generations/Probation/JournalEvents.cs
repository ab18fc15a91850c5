using Ringwall.Contract;
using Ringwall.Host.Decide;
using Ringwall.Host.Journal;

namespace Ringwall.Host.Generations.Probation;

/// <summary>What the host's journal has of late. Paths that the operator had redacted lead to no file, so their asks are not repeated.</summary>
internal sealed class JournalEvents(EventJournal journal) : IRecentEvents
{
    private readonly byte[] _message = new byte[Protocol.MaxMessageBytes];

    public IReadOnlyList<RecentAsk> Asks(int most)
    {
        List<RecentAsk> asks = [];
        using JournalReader reader = journal.Asks.Last(most);
        while (asks.Count < most && reader.TryNext(out JournalRecord record))
        {
            if (record.Kind == JournalRecordKind.Ask && JournalAsk.TryRead(record.Payload, out JournalAsk ask))
            {
                Verdict judged = ask.Reason == DecisionReason.Sensors ? ask.Judged : Verdict.None;
                asks.Add(new RecentAsk(_message[..ask.Message.Write(_message)], ask.ChangedNs, judged, ask.SensorName()));
            }
        }

        return asks;
    }

    public IReadOnlyList<byte[]> Tells(int most)
    {
        List<byte[]> tells = [];
        using JournalReader reader = journal.Tells.Last(most);
        while (tells.Count < most && reader.TryNext(out JournalRecord record))
        {
            if (record.Kind == JournalRecordKind.Tell)
            {
                tells.Add(record.Payload.ToArray());
            }
        }

        return tells;
    }
}
