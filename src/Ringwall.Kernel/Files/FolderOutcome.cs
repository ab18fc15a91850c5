namespace Ringwall.Kernel.Files;

/// <summary>Where the way to a folder ended.</summary>
public enum FolderOutcome
{
    /// <summary>It is held.</summary>
    Held,

    /// <summary>It, or a folder above it, is not there.</summary>
    Missing,

    /// <summary>A name on the way is a link, or no folder.</summary>
    NotAFolder,

    /// <summary>The way leads to, or through, a filesystem that keeps no files of this machine, and may never answer.</summary>
    NotLocal,

    /// <summary>The kernel refused a step, or the path is none that can be walked.</summary>
    Refused,
}
