using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Reading;

/// <summary>A rule that was refused: where, why, and in words for the rule's author.</summary>
internal sealed record RuleFault(SourceLine Source, RuleFaultReason Reason, string Message)
{
    public override string ToString() => $"{Source}: {Message}";
}
