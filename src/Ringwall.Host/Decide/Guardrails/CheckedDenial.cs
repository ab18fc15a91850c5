using Ringwall.Contract;
using Ringwall.Host.Deliver;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Decide.Guardrails;

/// <summary>A denial whose file was looked at.</summary>
internal ref struct CheckedDenial
{
    public SensorSeat Seat;
    public VerdictMessage Said;
    public FileState File;
    public ReadOnlySpan<byte> Path;

    /// <summary><see cref="PackageFiles.Epoch"/> when the question came up.</summary>
    public int Epoch;

    /// <summary>Why it is protected; null when it is not.</summary>
    public Protection? Found;
}
