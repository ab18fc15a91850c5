namespace Ringwall.Host.Supervision;

/// <summary>What a sensor failed at. The names are shown to operators and vendors and keep their meaning.</summary>
internal enum StrikeReason
{
    /// <summary>It could not be started, or did not introduce itself in time or as its manifest says.</summary>
    Start,

    /// <summary>A signal ended it.</summary>
    Crash,

    /// <summary>It ended by itself, unasked, with whatever code.</summary>
    Exit,

    /// <summary>It did not answer when it was asked for its health.</summary>
    Hang,

    /// <summary>It used more memory than it may, and the kernel killed it.</summary>
    Memory,

    /// <summary>It used up its share of processor time for a minute.</summary>
    Cpu,

    /// <summary>Too many verdicts came too late or not at all.</summary>
    MissedDeadlines,

    /// <summary>It did not read the events that it was told fast enough, and lost too many.</summary>
    Lag,

    /// <summary>It sent messages that make no sense.</summary>
    Malformed,

    /// <summary>It sent verdicts that nobody had asked for, or sent or wrote more than the host can take.</summary>
    Flood,

    /// <summary>It closed its socket and went on running.</summary>
    Silence,
}
