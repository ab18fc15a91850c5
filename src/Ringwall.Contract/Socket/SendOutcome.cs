namespace Ringwall.Contract;

/// <summary>What became of a message that was to be sent.</summary>
public enum SendOutcome
{
    /// <summary>The whole message is in the other end's queue.</summary>
    Sent,

    /// <summary>The other end's queue is full, or the kernel is short of memory. Nothing was sent.</summary>
    Full,

    /// <summary>The other end is closed. Nothing was sent, and nothing ever will be.</summary>
    Closed,

    /// <summary>The message is longer than the socket's send buffer allows. Nothing was sent.</summary>
    TooLong,

    /// <summary>The descriptor could not be passed: it is not open, or too many are on their way (ETOOMANYREFS). Nothing was sent.</summary>
    DescriptorRefused,

    /// <summary>Another error; Marshal.GetLastPInvokeError has its number. Nothing was sent.</summary>
    Refused,
}
