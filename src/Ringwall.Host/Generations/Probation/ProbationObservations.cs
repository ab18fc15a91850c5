using Ringwall.Contract;

namespace Ringwall.Host.Generations.Probation;

/// <summary>Everything that the gates judge by, as it is at one moment.</summary>
internal sealed record ProbationObservations
{
    /// <summary>Since the probation began.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Since live events are seen; null before.</summary>
    public TimeSpan? Soaked { get; init; }

    /// <summary>From its start to its welcome; null as long as it is not welcomed.</summary>
    public TimeSpan? StartedIn { get; init; }

    /// <summary>It does not run any more.</summary>
    public bool HasEnded { get; init; }

    /// <summary>Each in a few words, oldest first.</summary>
    public IReadOnlyList<string> Strikes { get; init; } = [];

    /// <summary>Asks that it could have answered in time, and those that it did not.</summary>
    public long Asked { get; init; }

    public long Missed { get; init; }

    /// <summary>Distinct files of the protected set that it denied.</summary>
    public long ProtectedDenied { get; init; }

    /// <summary>One of them.</summary>
    public string? ProtectedExample { get; init; }

    /// <summary>What it is asked and told.</summary>
    public AskKinds Asks { get; init; }

    public TellKinds Tells { get; init; }

    /// <summary>Real asks, of the journal or live, whose verdict was compared with the current generation's, by class.</summary>
    public long ComparedExec { get; init; }

    public long ComparedOpen { get; init; }

    /// <summary>Real asks that were answered, by class: all that can be seen when no generation is in service.</summary>
    public long AnsweredExec { get; init; }

    public long AnsweredOpen { get; init; }

    /// <summary>Distinct files that it denies and the current one allows, and the other way round.</summary>
    public long NewDenials { get; init; }

    public long LostDenials { get; init; }

    /// <summary>Real tell events, of the journal or live.</summary>
    public long Told { get; init; }

    /// <summary>While live events are seen; null before.</summary>
    public GenerationCost? Candidate { get; init; }

    /// <summary>The same of the generation in service in the same time; null without one.</summary>
    public GenerationCost? Current { get; init; }
}
