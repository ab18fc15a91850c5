using Ringwall.Host.Generations.Shadows;
using Ringwall.Wire.Probation;

namespace Ringwall.Host.Generations.Probation;

/// <summary>Who is tried, and beside whom.</summary>
internal sealed record ProbationTrial
{
    /// <summary>The sensor, as configured.</summary>
    public required string Sensor { get; init; }

    public required IShadow Candidate { get; init; }

    /// <summary>The one in service; null without one.</summary>
    public IShadow? Current { get; init; }

    /// <summary>Which bytes are tried. Called on the probation's thread: it reads files.</summary>
    public required Func<GenerationIdentity> Identity { get; init; }

    public Func<GenerationIdentity>? CurrentIdentity { get; init; }
}
