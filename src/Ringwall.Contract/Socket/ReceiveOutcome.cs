namespace Ringwall.Contract;

/// <summary>What came of an attempt to receive.</summary>
public enum ReceiveOutcome
{
    /// <summary>One whole message is in the buffer.</summary>
    Received,

    /// <summary>Nothing is waiting.</summary>
    Nothing,

    /// <summary>The other end is closed (or sent a message of no bytes, which cannot be told apart from it).</summary>
    Closed,

    /// <summary>A message was longer than the buffer and is gone: malformed, if the buffer has <see cref="Protocol.MaxMessageBytes"/>.</summary>
    TooLong,

    /// <summary>Another error; Marshal.GetLastPInvokeError has its number.</summary>
    Refused,
}
