namespace Ringwall.Wire.Status;

/// <summary>What no sensor may deny, and how often one tried.</summary>
/// <param name="Files">Files of the system, known one by one.</param>
/// <param name="Trees">Folders of the system with everything in them.</param>
/// <param name="PackageFiles">Files that packages own and have a digest for.</param>
/// <param name="Packages">Those packages.</param>
/// <param name="NotApplied">Denials that were recorded and not applied, since the host's start.</param>
public sealed record ProtectionFigures(int Files, int Trees, int PackageFiles, int Packages, long NotApplied);
