namespace Ringwall.Contract;

/// <summary>
/// Which tell events a sensor wants, or was granted; as a single bit, the source that an event comes from and is numbered by.
/// Loss events go to every subscriber of the source that lost.
/// </summary>
[Flags]
public enum TellKinds : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Process start, fork and exit.</summary>
    Process = 1,

    /// <summary>File created, written, renamed and deleted.</summary>
    File = 2,

    /// <summary>Outgoing connections.</summary>
    Network = 4,
}
