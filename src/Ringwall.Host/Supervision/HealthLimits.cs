namespace Ringwall.Host.Supervision;

/// <summary>From when on a running sensor's behaviour is a strike. docs/protocol.md, section 6, lists the defaults.</summary>
internal sealed record HealthLimits
{
    /// <summary>From its start to its hello. Rules are read before the hello, so this is long.</summary>
    public TimeSpan HelloWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often its counters are looked at.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often its health is asked for.</summary>
    public TimeSpan AskEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the answer may take.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>From the request to end to being killed.</summary>
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Counts are looked at over so long; each reason is one strike in it at most.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>So many missed deadlines, and this share of what it was asked, are a strike.</summary>
    public int MissedLeast { get; init; } = 20;

    public double MissedShare { get; init; } = 0.1;

    /// <summary>Fewer are one, too, when they are this share: a sensor that is seldom asked and never there.</summary>
    public int MissedFew { get; init; } = 5;

    public double MissedNearlyAll { get; init; } = 0.9;

    /// <summary>So many lost events, and this share of what it was told, are a strike.</summary>
    public int LostLeast { get; init; } = 1000;

    public double LostShare { get; init; } = 0.1;

    /// <summary>One message that makes no sense is a strike; more than so many end the sensor.</summary>
    public int MalformedMost { get; init; } = 100;

    /// <summary>More verdicts than so many that nobody had asked for end the sensor. Late ones do not count here.</summary>
    public int NotExpectedMost { get; init; } = 1000;

    /// <summary>More findings and answers than so many that found no room end the sensor.</summary>
    public int DroppedMost { get; init; } = 1000;

    /// <summary>So many bytes on its standard output and error within the window are a strike.</summary>
    public int OutputMost { get; init; } = 4 * 1024 * 1024;

    /// <summary>This share of the processor time that it may use, over so long, is a strike.</summary>
    public double CpuShare { get; init; } = 0.95;

    /// <summary>Short enough for a sensor that never rests to be struck into quarantine (<see cref="RestartPolicy"/>).</summary>
    public TimeSpan CpuWindow { get; init; } = TimeSpan.FromMinutes(1);
}
