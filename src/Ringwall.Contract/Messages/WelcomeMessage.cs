using System.Text;

namespace Ringwall.Contract;

/// <summary>Host to sensor, the answer to hello: what the sensor will see. Nothing else comes before it.</summary>
public sealed record WelcomeMessage
{
    /// <summary>The protocol version that both will speak: not above the sensor's.</summary>
    public ushort ProtocolVersion { get; init; } = Protocol.Version;

    /// <summary>The host's version; 1 to 128 bytes of UTF-8.</summary>
    public required string HostVersion { get; init; }

    /// <summary>The asks that will come.</summary>
    public AskKinds Asks { get; init; }

    /// <summary>The tells that will come.</summary>
    public TellKinds Tells { get; init; }

    /// <summary>How long the host waits for a verdict on an execution; nanoseconds. Each ask carries its own deadline; this is for information.</summary>
    public ulong ExecDeadlineNanoseconds { get; init; }

    /// <summary>The same for opens; nanoseconds.</summary>
    public ulong OpenDeadlineNanoseconds { get; init; }

    /// <summary>What the sensor may request: what its manifest names and the operator granted.</summary>
    public ResponseKinds Responses { get; init; }

    /// <summary>Decodes. False: malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out WelcomeMessage welcome)
    {
        welcome = Nothing;
        if (!MessageHead.TryOpen(message, MessageKind.Welcome, out FieldReader fields))
        {
            return false;
        }

        ushort version = 0;
        ReadOnlySpan<byte> host = default;
        uint asks = 0, tells = 0, responses = 0;
        ulong execDeadline = 0, openDeadline = 0;
        while (fields.Next(out ushort id))
        {
            switch (id)
            {
                case 1: fields.Take(out version); break;
                case 2: fields.Take(out host, 1, Protocol.MaxLabelBytes); break;
                case 3: fields.Take(out asks); break;
                case 4: fields.Take(out tells); break;
                case 5: fields.Take(out execDeadline); break;
                case 6: fields.Take(out openDeadline); break;
                case 7: fields.Take(out responses); break;
            }
        }

        if (fields.Malformed || version == 0 || host.IsEmpty)
        {
            return false;
        }

        welcome = new WelcomeMessage
        {
            ProtocolVersion = version,
            HostVersion = Encoding.UTF8.GetString(host),
            Asks = (AskKinds)asks,
            Tells = (TellKinds)tells,
            ExecDeadlineNanoseconds = execDeadline,
            OpenDeadlineNanoseconds = openDeadline,
            Responses = (ResponseKinds)responses,
        };
        return true;
    }

    /// <summary>Encodes and returns the length.</summary>
    /// <exception cref="ArgumentException">A member is outside its range, or the span is too small.</exception>
    public int Write(Span<byte> into)
    {
        if (ProtocolVersion == 0)
        {
            throw new ArgumentException("Protocol version 0 does not exist.");
        }

        FieldWriter fields = new(into, MessageKind.Welcome);
        fields.Put(1, ProtocolVersion);
        fields.Put(2, HostVersion, 1, Protocol.MaxLabelBytes);
        fields.PutUnlessZero(3, (uint)Asks);
        fields.PutUnlessZero(4, (uint)Tells);
        fields.PutUnlessZero(5, ExecDeadlineNanoseconds);
        fields.PutUnlessZero(6, OpenDeadlineNanoseconds);
        fields.PutUnlessZero(7, (uint)Responses);
        return fields.FinishMessage();
    }

    private static readonly WelcomeMessage Nothing = new() { HostVersion = "-" };
}
