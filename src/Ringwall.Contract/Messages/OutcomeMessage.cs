using System.Text;

namespace Ringwall.Contract;

/// <summary>Host to sensor: what became of a request.</summary>
public sealed record OutcomeMessage
{
    /// <summary>The request's number.</summary>
    public required ulong Number { get; init; }

    /// <summary>Done, refused or failed.</summary>
    public required ResponseOutcome Outcome { get; init; }

    /// <summary>Why it was refused or failed: one word out of those that docs/protocol.md lists, or a later version's; at most 64 of a-z, 0-9, '-', '_' and '.'.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Decodes. False: malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out OutcomeMessage outcome)
    {
        outcome = Nothing;
        if (!MessageHead.TryOpen(message, MessageKind.Outcome, out FieldReader fields))
        {
            return false;
        }

        ulong number = 0;
        byte became = 0;
        ReadOnlySpan<byte> reason = default;
        while (fields.Next(out ushort id))
        {
            switch (id)
            {
                case 1: fields.Take(out number); break;
                case 2: fields.Take(out became); break;
                case 3:
                    fields.Take(out reason, 0, Protocol.MaxOutcomeReasonBytes);
                    fields.Require(reason.IsEmpty || HelloMessage.IsName(reason));
                    break;
            }
        }

        if (fields.Malformed || number == 0 || became is < 1 or > 3)
        {
            return false;
        }

        outcome = new OutcomeMessage { Number = number, Outcome = (ResponseOutcome)became, Reason = Encoding.UTF8.GetString(reason) };
        return true;
    }

    /// <summary>Encodes and returns the length; 128 bytes of room are always enough.</summary>
    /// <exception cref="ArgumentException">A member is outside its range, or the span is too small.</exception>
    public int Write(Span<byte> into)
    {
        if (Number == 0 || Outcome is < ResponseOutcome.Done or > ResponseOutcome.Failed
            || (Reason.Length > 0 && !HelloMessage.IsName(Encoding.UTF8.GetBytes(Reason))))
        {
            throw new ArgumentException($"An outcome has a number that is not 0, is done, refused or failed, and has one word for why; \"{Reason}\" is none.");
        }

        FieldWriter fields = new(into, MessageKind.Outcome);
        fields.Put(1, Number);
        fields.Put(2, (byte)Outcome);
        fields.PutUnlessEmpty(3, Reason, Protocol.MaxOutcomeReasonBytes);
        return fields.FinishMessage();
    }

    private static readonly OutcomeMessage Nothing = new() { Number = 0, Outcome = ResponseOutcome.None };
}
