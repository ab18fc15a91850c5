namespace Ringwall.Bench.Server;

/// <summary>What the view took, in milliseconds.</summary>
/// <param name="Devices">In the fleet.</param>
/// <param name="Load">To read the fleet from the database at the start.</param>
/// <param name="First">To work out where every device stands in a release, once for each release.</param>
/// <param name="Evidence">To catch up with a minute of reports and make the evidence for one decision: the median.</param>
/// <param name="EvidenceWorst">The longest of these.</param>
/// <param name="Sorted">To sort the positions of the largest stratum.</param>
/// <param name="Largest">Devices in it.</param>
/// <param name="MemoryMiB">Resident, with everything of a server in the process and a rollout under way.</param>
internal sealed record ViewFigures(int Devices, double Load, double First, double Evidence, double EvidenceWorst, double Sorted, int Largest, double MemoryMiB);
