using Ringwall.Wire.Ocsf;
using Ringwall.Wire.Probation;
using Ringwall.Wire.Status;

namespace Ringwall.Wire.Control;

/// <summary>
/// One line from the host. Exactly one field is set. The last line of every answer is <see cref="End"/> or <see cref="Error"/>, after which the client may ask again on
/// the same connection.
/// </summary>
public sealed record ControlReply
{
    public HostStatus? Status { get; init; }

    public EventLine? Event { get; init; }

    public DetectionFinding? Finding { get; init; }

    /// <summary>So many findings found no room because this client took them too slowly. They are in the findings file.</summary>
    public long? Missed { get; init; }

    public Explanation? Explanation { get; init; }

    public ProtectionLine? Protection { get; init; }

    public OverrideLine? Override { get; init; }

    public GenerationLine? Generation { get; init; }

    public ResponseLine? Response { get; init; }

    public DoctorReport? Doctor { get; init; }

    public ProbationReport? Probation { get; init; }

    /// <summary>What was done, in a sentence.</summary>
    public string? Said { get; init; }

    public ErrorReport? Error { get; init; }

    public bool? End { get; init; }

    /// <summary>The line that closes an answer.</summary>
    public static ControlReply TheEnd { get; } = new() { End = true };
}
