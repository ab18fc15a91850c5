namespace Ringwall.Contract;

/// <summary>What a tell event says has happened. Kinds that a receiver does not know are skipped.</summary>
public enum TellEventKind : ushort
{
    /// <summary>Not a kind.</summary>
    None = 0,

    /// <summary>A process executed a program. The actor is that process, after execve(2).</summary>
    ProcessStart = 1,

    /// <summary>A process made a child. The actor is the parent.</summary>
    ProcessFork = 2,

    /// <summary>A process ended.</summary>
    ProcessExit = 3,

    /// <summary>A file was created.</summary>
    FileCreated = 4,

    /// <summary>A file that was open for writing was closed.</summary>
    FileWritten = 5,

    /// <summary>A file was renamed.</summary>
    FileRenamed = 6,

    /// <summary>A name of a file was removed.</summary>
    FileDeleted = 7,

    /// <summary>A process is connecting a socket to an IPv4 or IPv6 address.</summary>
    Connect = 8,

    /// <summary>Events were lost.</summary>
    Loss = 9,
}
