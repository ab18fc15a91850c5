using System.Text;

namespace Ringwall.Contract;

/// <summary>Sensor to host: something worth a person's attention. The host records it; nothing is blocked by it.</summary>
public sealed record FindingMessage
{
    /// <summary>The rule that matched; 1 to 128 bytes of UTF-8.</summary>
    public required string RuleId { get; init; }

    /// <summary>One line for people; 1 to 256 bytes of UTF-8.</summary>
    public required string Title { get; init; }

    /// <summary>How bad it is.</summary>
    public required Severity Severity { get; init; }

    /// <summary>More for people; at most 4096 bytes of UTF-8.</summary>
    public string Description { get; init; } = "";

    /// <summary>Such as "attack.t1059.004": at most 32, each 1 to 128 bytes of UTF-8.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The source of the tell event that caused it: one bit, or none.</summary>
    public TellKinds EventSource { get; init; }

    /// <summary>That event's number within its source.</summary>
    public ulong EventSequence { get; init; }

    /// <summary>That event's time: nanoseconds since 1970, 0 when there was none.</summary>
    public ulong EventTime { get; init; }

    /// <summary>Who did it; null when unknown.</summary>
    public ProcessRecord? Actor { get; init; }

    /// <summary>The file it is about, as bytes because paths are; at most 4096, empty when none.</summary>
    public ReadOnlyMemory<byte> Path { get; init; }

    /// <summary>The ask that caused it; 0 when none did.</summary>
    public ulong Ticket { get; init; }

    /// <summary>Decodes. False: malformed. Text that is not UTF-8 comes with replacement characters.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out FindingMessage finding)
    {
        finding = Nothing;
        if (!MessageHead.TryOpen(message, MessageKind.Finding, out FieldReader fields))
        {
            return false;
        }

        ReadOnlySpan<byte> rule = default, title = default, description = default, path = default;
        byte severity = 0, source = 0;
        ulong sequence = 0, time = 0, ticket = 0;
        ProcessView actor = default;
        List<string> tags = [];
        while (fields.Next(out ushort id))
        {
            switch (id)
            {
                case 1: fields.Take(out rule, 1, Protocol.MaxRuleIdBytes); break;
                case 2: fields.Take(out title, 1, Protocol.MaxTitleBytes); break;
                case 3: fields.Take(out severity); break;
                case 4: fields.Take(out description, 0, Protocol.MaxDescriptionBytes); break;
                case 5:
                    fields.Require(tags.Count < Protocol.MaxTags && fields.Value.Length is >= 1 and <= Protocol.MaxTagBytes);
                    if (!fields.Malformed)
                    {
                        tags.Add(Encoding.UTF8.GetString(fields.Value));
                    }

                    break;
                case 6:
                    fields.Take(out source);
                    fields.Require(byte.IsPow2(source));
                    break;
                case 7: fields.Take(out sequence); break;
                case 8: fields.Take(out time); break;
                case 9: ProcessView.Take(ref fields, out actor); break;
                case 10: fields.Take(out path, 0, Protocol.MaxPathBytes); break;
                case 11: fields.Take(out ticket); break;
            }
        }

        if (fields.Malformed || rule.IsEmpty || title.IsEmpty || severity is < 1 or > 6)
        {
            return false;
        }

        finding = new FindingMessage
        {
            RuleId = Encoding.UTF8.GetString(rule),
            Title = Encoding.UTF8.GetString(title),
            Severity = (Severity)severity,
            Description = Encoding.UTF8.GetString(description),
            Tags = tags,
            EventSource = (TellKinds)source,
            EventSequence = sequence,
            EventTime = time,
            Actor = actor.ToRecord(),
            Path = path.ToArray(),
            Ticket = ticket,
        };
        return true;
    }

    /// <summary>Encodes and returns the length. <see cref="Protocol.MaxMessageBytes"/> of room are always enough.</summary>
    /// <exception cref="ArgumentException">A member is outside its range, or the span is too small.</exception>
    public int Write(Span<byte> into)
    {
        if (Severity is < Severity.Informational or > Severity.Fatal || Tags.Count > Protocol.MaxTags
            || (EventSource != TellKinds.None && !byte.IsPow2((byte)EventSource)))
        {
            throw new ArgumentException("A finding has a severity from 1 to 6, at most 32 tags and at most one event source.");
        }

        FieldWriter fields = new(into, MessageKind.Finding);
        fields.Put(1, RuleId, 1, Protocol.MaxRuleIdBytes);
        fields.Put(2, Title, 1, Protocol.MaxTitleBytes);
        fields.Put(3, (byte)Severity);
        fields.PutUnlessEmpty(4, Description, Protocol.MaxDescriptionBytes);
        foreach (string tag in Tags)
        {
            fields.Put(5, tag, 1, Protocol.MaxTagBytes);
        }

        if (EventSource != TellKinds.None)
        {
            fields.Put(6, (byte)EventSource);
        }

        fields.PutUnlessZero(7, EventSequence);
        fields.PutUnlessZero(8, EventTime);
        Actor?.Put(ref fields, 9);
        fields.PutUnlessEmpty(10, Path.Span, Protocol.MaxPathBytes);
        fields.PutUnlessZero(11, Ticket);
        return fields.FinishMessage();
    }

    private static readonly FindingMessage Nothing = new() { RuleId = "-", Title = "-", Severity = Severity.Informational };
}
