namespace Ringwall.Launcher;

/// <summary>A file or directory of the machine that the sandbox shows, always read-only.</summary>
/// <param name="Source">Where it is on the machine.</param>
/// <param name="Target">Where the sandbox shows it.</param>
/// <param name="Kind">What may be done with it.</param>
internal sealed record View(string Source, string Target, ViewKind Kind);

internal enum ViewKind
{
    /// <summary>Read and executed.</summary>
    Programs,

    /// <summary>Read only.</summary>
    Data,

    /// <summary>A device node that works.</summary>
    Device,
}
