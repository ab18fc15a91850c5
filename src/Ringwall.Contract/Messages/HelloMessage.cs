using System.Buffers;
using System.Text;

namespace Ringwall.Contract;

/// <summary>Sensor to host, the first message: who the sensor is and what it wants to see.</summary>
public sealed record HelloMessage
{
    /// <summary>The highest protocol version that the sensor speaks, 1 or more.</summary>
    public ushort ProtocolVersion { get; init; } = Protocol.Version;

    /// <summary>The sensor's name, as in its manifest: 1 to 64 of a-z, 0-9, '-', '_' and '.'.</summary>
    public required string Name { get; init; }

    /// <summary>Who makes the sensor; at most 128 bytes of UTF-8.</summary>
    public string Vendor { get; init; } = "";

    /// <summary>The program's version; 1 to 128 bytes of UTF-8.</summary>
    public required string EngineVersion { get; init; }

    /// <summary>The version of the rules, signatures or models that are loaded; at most 128 bytes of UTF-8, empty without content.</summary>
    public string ContentVersion { get; init; } = "";

    /// <summary>Which asks are wanted.</summary>
    public AskKinds Asks { get; init; }

    /// <summary>Which tells are wanted.</summary>
    public TellKinds Tells { get; init; }

    /// <summary>Asks shall carry a read-only descriptor of the file.</summary>
    public bool WantsDescriptor { get; init; }

    /// <summary>Decodes. False: malformed. Text that is not UTF-8 comes with replacement characters.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out HelloMessage hello)
    {
        hello = Nobody;
        if (!MessageHead.TryOpen(message, MessageKind.Hello, out FieldReader fields))
        {
            return false;
        }

        ushort version = 0;
        ReadOnlySpan<byte> name = default, vendor = default, engine = default, content = default;
        uint asks = 0, tells = 0;
        bool wantsDescriptor = false;
        while (fields.Next(out ushort id))
        {
            switch (id)
            {
                case 1: fields.Take(out version); break;
                case 2: fields.Take(out name, 1, Protocol.MaxNameBytes); break;
                case 3: fields.Take(out vendor, 0, Protocol.MaxLabelBytes); break;
                case 4: fields.Take(out engine, 1, Protocol.MaxLabelBytes); break;
                case 5: fields.Take(out content, 0, Protocol.MaxLabelBytes); break;
                case 6: fields.Take(out asks); break;
                case 7: fields.Take(out tells); break;
                case 8: fields.Take(out wantsDescriptor); break;
            }
        }

        if (fields.Malformed || version == 0 || engine.IsEmpty || !IsName(name))
        {
            return false;
        }

        hello = new HelloMessage
        {
            ProtocolVersion = version,
            Name = Encoding.UTF8.GetString(name),
            Vendor = Encoding.UTF8.GetString(vendor),
            EngineVersion = Encoding.UTF8.GetString(engine),
            ContentVersion = Encoding.UTF8.GetString(content),
            Asks = (AskKinds)asks,
            Tells = (TellKinds)tells,
            WantsDescriptor = wantsDescriptor,
        };
        return true;
    }

    /// <summary>Encodes and returns the length.</summary>
    /// <exception cref="ArgumentException">A member is outside its range, or the span is too small.</exception>
    public int Write(Span<byte> into)
    {
        if (ProtocolVersion == 0 || !IsName(Encoding.UTF8.GetBytes(Name)))
        {
            throw new ArgumentException($"\"{Name}\" is not a sensor name (1 to 64 of a-z 0-9 - _ .), or the protocol version is 0.");
        }

        FieldWriter fields = new(into, MessageKind.Hello);
        fields.Put(1, ProtocolVersion);
        fields.Put(2, Name, 1, Protocol.MaxNameBytes);
        fields.PutUnlessEmpty(3, Vendor, Protocol.MaxLabelBytes);
        fields.Put(4, EngineVersion, 1, Protocol.MaxLabelBytes);
        fields.PutUnlessEmpty(5, ContentVersion, Protocol.MaxLabelBytes);
        fields.PutUnlessZero(6, (uint)Asks);
        fields.PutUnlessZero(7, (uint)Tells);
        if (WantsDescriptor)
        {
            fields.Put(8, true);
        }

        return fields.FinishMessage();
    }

    /// <summary>Whether these bytes are a sensor's name.</summary>
    public static bool IsName(ReadOnlySpan<byte> name) =>
        name.Length is >= 1 and <= Protocol.MaxNameBytes && !name.ContainsAnyExcept(NameBytes);

    private static readonly SearchValues<byte> NameBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    private static readonly HelloMessage Nobody = new() { Name = "-", EngineVersion = "-" };
}
