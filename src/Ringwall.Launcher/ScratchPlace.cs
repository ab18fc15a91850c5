namespace Ringwall.Launcher;

/// <summary>Where a sensor may write.</summary>
/// <param name="Target">Where the sandbox shows it.</param>
/// <param name="Bytes">What its files may hold together.</param>
/// <param name="Inodes">How many files and directories there may be.</param>
/// <param name="Source">A directory of the machine in its stead, without a bound of its own; null for a file system in memory.</param>
internal sealed record ScratchPlace(string Target, long Bytes, long Inodes, string? Source);
