namespace Ringwall.Sensors.Sigma.Reading;

/// <summary>Thrown while one document is read; the rule is refused and nothing else changes.</summary>
internal sealed class RuleFaultException(RuleFaultReason reason, int line, string message) : Exception(message)
{
    public RuleFaultReason Reason { get; } = reason;

    /// <summary>The line in the file, counted from 1.</summary>
    public int Line { get; } = line;
}
