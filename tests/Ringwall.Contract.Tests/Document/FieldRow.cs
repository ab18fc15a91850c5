namespace Ringwall.Contract.Tests.Document;

/// <summary>One row of a field table of docs/protocol.md.</summary>
internal sealed record FieldRow(ushort Id, string Name, string Type, string Presence, string Range)
{
    public bool IsRepeated => Presence == "repeated";

    public bool IsInteger => Width > 0;

    public int Width => Type switch { "u8" or "flag" => 1, "u16" => 2, "u32" => 4, "u64" or "i64" => 8, _ => 0 };

    /// <summary>Bounds on the number of bytes.</summary>
    public (int Least, int Most) Bytes
    {
        get
        {
            string[] words = Range.Split(' ');
            return IsInteger ? (Width, Width)
                : words is [var least, "to" or "or", var most, "bytes"] ? (int.Parse(least), int.Parse(most))
                : Range.Length == 0 ? (0, Protocol.MaxMessageBytes)
                : throw new FormatException($"Range \"{Range}\" of {Name}");
        }
    }

    /// <summary>Whether an integer is in its range.</summary>
    public bool Admits(ulong value)
    {
        string[] words = Range.Split(' ');
        return Range switch
        {
            "any" => true,
            "not 0" => value != 0,
            "one bit" => ulong.IsPow2(value),
            _ when words is [var least, "to", var most] => value >= ulong.Parse(least) && value <= ulong.Parse(most),
            _ => Range.Split(", ").Any(allowed => ulong.Parse(allowed) == value),
        };
    }

    /// <summary>Whether bytes have an allowed length and, for a name, allowed characters.</summary>
    public bool Admits(byte[] value)
    {
        (int least, int most) = Bytes;
        bool length = Range.Contains(" or ", StringComparison.Ordinal) ? value.Length == least || value.Length == most : value.Length >= least && value.Length <= most;
        return length && (Type != "name" || value.All(b => b is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'_' or (byte)'.'));
    }
}
