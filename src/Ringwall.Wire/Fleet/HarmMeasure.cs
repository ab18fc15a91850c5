namespace Ringwall.Wire.Fleet;

/// <summary>
/// What a device may report as gone wrong: the rollout rules' measures by name. "gone dark" and "senseless reports" are not among them: the server sees these.
/// </summary>
public static class HarmMeasure
{
    /// <summary>A sensor's process died or hung.</summary>
    public const string Crash = "crash";

    /// <summary>A generation was taken out of service after too many failures, or did not pass its probation.</summary>
    public const string Quarantine = "quarantine";

    /// <summary>More verdicts came from the fallback than usual, because a sensor did not answer in time.</summary>
    public const string FallbackVerdicts = "fallback verdicts";

    public const string DenyBudgetSpent = "deny budget spent";

    /// <summary>The machine came up by recovery.</summary>
    public const string BootRecovery = "boot recovery";

    public const string ProcessorTime = "processor time";

    public const string Memory = "memory";

    public const string Latency = "latency";

    public static IReadOnlyList<string> All { get; } =
        [Crash, Quarantine, FallbackVerdicts, DenyBudgetSpent, BootRecovery, ProcessorTime, Memory, Latency];
}
