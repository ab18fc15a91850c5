using Ringwall.Kernel.Fanotify;

namespace Ringwall.Kernel.Handover;

/// <summary>What the keeper answers while no host does.</summary>
/// <param name="Execution">For executions.</param>
/// <param name="Open">For opens below a guarded path; opens elsewhere are allowed.</param>
/// <param name="Guarded">Guarded paths, absolute, without a slash at the end, as bytes.</param>
/// <param name="Exempt">Files that are always allowed, by device and inode: Ringwall's own programs and what they need to start.</param>
public sealed record StandInPolicy(
    PermissionResponse Execution,
    PermissionResponse Open,
    IReadOnlyList<byte[]> Guarded,
    IReadOnlyList<(ulong Device, ulong Inode)> Exempt)
{
    public static readonly StandInPolicy AllowAll = new(PermissionResponse.Allow, PermissionResponse.Allow, [], []);

    /// <summary>True when no question needs a look at the file.</summary>
    public bool AllowsEverything => Execution == PermissionResponse.Allow && Open == PermissionResponse.Allow;

    /// <summary>Whether <paramref name="path"/> is one of <paramref name="guarded"/> or lies below one.</summary>
    public static bool Covers(IReadOnlyList<byte[]> guarded, ReadOnlySpan<byte> path)
    {
        for (int i = 0; i < guarded.Count; i++)
        {
            ReadOnlySpan<byte> guard = guarded[i];
            if (path.StartsWith(guard) && (path.Length == guard.Length || guard.Length == 0 || path[guard.Length] == (byte)'/'))
            {
                return true;
            }
        }

        return false;
    }
}
