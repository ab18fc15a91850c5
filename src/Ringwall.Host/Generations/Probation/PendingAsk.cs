using Ringwall.Contract;
using Ringwall.Host.Intake.Tells;

namespace Ringwall.Host.Generations.Probation;

/// <summary>An ask that the candidate has not answered yet.</summary>
internal sealed record PendingAsk
{
    public required ProbationStage Stage { get; init; }

    public required EventClass Class { get; init; }

    /// <summary>What it is, for people: the file, or what is special about a synthetic ask.</summary>
    public required string Says { get; init; }

    public FileKey File { get; init; }

    /// <summary>What the generation in service says; none when that is not known.</summary>
    public Verdict Current { get; init; }

    /// <summary>Why no sensor may deny the file; null when any may.</summary>
    public string? Protected { get; init; }

    /// <summary>The file is such that nobody can be blamed for being late.</summary>
    public bool MayBeLate { get; init; }
}
