namespace Ringwall.Sensors.Sigma.Reading;

internal enum TextEncoding
{
    Utf16LittleEndian,
    Utf16BigEndian,

    /// <summary>Little endian behind a byte order mark.</summary>
    Utf16WithMark,
    Base64,

    /// <summary>Base64 at each of the three positions that a text can have within what was encoded.</summary>
    Base64Offset,
}
