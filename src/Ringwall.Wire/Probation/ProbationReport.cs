using System.Text.Json.Serialization;

namespace Ringwall.Wire.Probation;

/// <summary>
/// What a generation went through before it may take another's place on this machine, and what was seen. Made to be signed: a file holds one line of JSON, members in the order
/// in which they stand here, without blanks, with whole numbers only; whoever signs it signs that line with <see cref="Signatures"/> empty.
/// </summary>
public sealed record ProbationReport : IJsonOnDeserialized
{
    /// <summary>The version of this format.</summary>
    public int Format { get; set; } = 1;

    /// <summary>The sensor, as configured.</summary>
    public required string Sensor { get; init; }

    public required GenerationIdentity Candidate { get; init; }

    /// <summary>The one in service, which it was compared with; null when there was none.</summary>
    public GenerationIdentity? Current { get; init; }

    /// <summary>One of <see cref="ProbationResult"/>.</summary>
    public required string Result { get; init; }

    /// <summary>Why that is the result, in a sentence.</summary>
    public required string Because { get; init; }

    public required DateTimeOffset Began { get; init; }

    /// <summary>Null while it runs.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>The host's version.</summary>
    public required string Host { get; init; }

    public required MachineCell Cell { get; init; }

    /// <summary>Gives the same synthetic events again.</summary>
    public required int Seed { get; init; }

    public required IReadOnlyList<ProbationPhase> Phases { get; init; }

    public required IReadOnlyList<ProbationGate> Gates { get; init; }

    public IReadOnlyList<ProbationDifference> Differences { get; set; } = [];

    /// <summary>Differences beyond those that are listed.</summary>
    public long DifferencesLeftOut { get; init; }

    public IReadOnlyList<ProbationStrike> Strikes { get; set; } = [];

    /// <summary>What it had been shown and had not answered when it failed, the latest last. Empty when it did not fail.</summary>
    public IReadOnlyList<string> ShownLast { get; set; } = [];

    /// <summary>The place for signatures over everything else.</summary>
    public IReadOnlyList<string> Signatures { get; set; } = [];

    void IJsonOnDeserialized.OnDeserialized() => WholeLists.Require(Phases, Gates, Differences, Strikes, ShownLast, Signatures);
}
