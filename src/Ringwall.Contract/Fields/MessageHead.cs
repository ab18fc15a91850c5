using System.Buffers.Binary;

namespace Ringwall.Contract;

/// <summary>The first eight bytes of a message: kind u16, zero u16, length u32 (of the whole message).</summary>
public static class MessageHead
{
    /// <summary>
    /// Reads the kind of a received datagram. False: malformed, because it is shorter than a head, longer than
    /// <see cref="Protocol.MaxMessageBytes"/>, or its length field disagrees with what arrived. The kind may be one that nobody knows.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out MessageKind kind)
    {
        kind = MessageKind.None;
        if (message.Length < Protocol.HeadBytes || message.Length > Protocol.MaxMessageBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(message[4..]) != (uint)message.Length)
        {
            return false;
        }

        kind = (MessageKind)BinaryPrimitives.ReadUInt16LittleEndian(message);
        return true;
    }

    /// <summary>Opens a message of one kind for reading its fields. False: malformed, or of another kind.</summary>
    internal static bool TryOpen(ReadOnlySpan<byte> message, MessageKind kind, out FieldReader fields)
    {
        bool opened = TryRead(message, out MessageKind found) && found == kind;
        fields = new FieldReader(opened ? message[Protocol.HeadBytes..] : default);
        return opened;
    }
}
