using Ringwall.Wire.Probation;

namespace Ringwall.Host.Control;

/// <summary>What generations went through before they were promoted or refused.</summary>
internal interface IProbationReports
{
    /// <summary>How a probation stands or ended; null when none is known. Reads a file.</summary>
    /// <param name="sensor">Whose.</param>
    /// <param name="number">Of which generation; null for the latest that was tried.</param>
    public ProbationReport? Find(string sensor, long? number);
}
