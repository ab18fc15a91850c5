namespace Ringwall.Sensors.Sigma;

/// <summary>What all programs of the platform answer with.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int NotDone = 1;

    /// <summary>Wrong use, or nothing but bad rules.</summary>
    public const int Usage = 2;
}
