using System.Text.Json.Serialization;

namespace Ringwall.Wire.Probation;

/// <summary>Something that the candidate failed at.</summary>
/// <param name="Reason">As in docs/protocol.md, section 6: "Crash", "Hang", …</param>
/// <param name="Detail">What happened.</param>
/// <param name="At">When.</param>
/// <param name="LastLines">What it had written last.</param>
public sealed record ProbationStrike(string Reason, string Detail, DateTimeOffset At, IReadOnlyList<string> LastLines) : IJsonOnDeserialized
{
    void IJsonOnDeserialized.OnDeserialized() => WholeLists.Require(LastLines);
}
