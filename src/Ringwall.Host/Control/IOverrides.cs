using Ringwall.Wire.Status;

namespace Ringwall.Host.Control;

/// <summary>Files that an operator allows whatever sensors say. Kept over restarts; each change drops every remembered verdict.</summary>
internal interface IOverrides
{
    public IReadOnlyList<OverrideLine> List();

    /// <param name="path">Absolute.</param>
    /// <param name="byUid">The operator.</param>
    /// <param name="note">Why; null when nothing was said.</param>
    /// <param name="refusal">Why not, when false is returned.</param>
    public bool TryAllow(string path, int byUid, string? note, out string refusal);

    /// <returns>False when there was none for this path.</returns>
    public bool Remove(string path, int byUid);
}
