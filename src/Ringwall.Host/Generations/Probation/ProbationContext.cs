using Ringwall.Host.Configuration;
using Ringwall.Host.Decide;
using Ringwall.Host.Review;
using Ringwall.Wire.Probation;

namespace Ringwall.Host.Generations.Probation;

/// <summary>What probations on this host have in common.</summary>
internal sealed record ProbationContext
{
    public ProbationBounds Bounds { get; init; } = new();

    /// <summary>For the deadlines of what the candidate is asked.</summary>
    public AskPolicies Policies { get; init; } = AskPolicies.Default;

    /// <summary>Where live asks come from; null when there are none.</summary>
    public ReviewThread? Reviews { get; init; }

    /// <summary>Null when nothing is protected.</summary>
    public IProtectedFiles? Protected { get; init; }

    /// <summary>Null when no journal is kept.</summary>
    public IRecentEvents? Recent { get; init; }

    /// <summary>The state directory's folder of generations: reports go below it, and synthetic files are made there for a moment.</summary>
    public required string Folder { get; init; }

    public required string HostVersion { get; init; }

    /// <summary>What the machine is, with the other sensors that run on it.</summary>
    public required Func<string, MachineCell> Cell { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public Action<string> Say { get; init; } = _ => { };
}
