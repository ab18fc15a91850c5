using Ringwall.Contract;
using Ringwall.Host.Generations.Probation;

namespace Ringwall.Host.Journal;

/// <summary>The journal's last events, for probation.</summary>
internal sealed class RecentEvents(EventJournal journal) : IRecentEvents
{
    public IReadOnlyList<RecentAsk> Asks(int most)
    {
        List<RecentAsk> found = [];
        using JournalReader reader = journal.Asks.Last(most);
        while (reader.TryNext(out JournalRecord record))
        {
            if (record.Kind == JournalRecordKind.Ask && JournalAsk.TryRead(record.Payload, out JournalAsk ask))
            {
                byte[] message = new byte[AskMessage.MaxBytes];
                int length = ask.Message.Write(message);
                found.Add(new RecentAsk(message[..length], ask.ChangedNs, ask.Judged, ask.SensorName()));
            }
        }

        return found;
    }

    public IReadOnlyList<byte[]> Tells(int most)
    {
        List<byte[]> found = [];
        using JournalReader reader = journal.Tells.Last(most);
        while (reader.TryNext(out JournalRecord record))
        {
            if (record.Kind == JournalRecordKind.Tell)
            {
                found.Add(record.Payload.ToArray());
            }
        }

        return found;
    }
}
