namespace Ringwall.Trust;

/// <summary>A key file was not opened, or not made.</summary>
public sealed class KeyFileException(KeyFileFault fault, string detail) : Exception(detail)
{
    public KeyFileFault Fault { get; } = fault;
}
