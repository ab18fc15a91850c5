using System.Diagnostics.CodeAnalysis;

namespace Ringwall.Kernel.Cgroups;

/// <summary>One mounted hierarchy of groups, and our own place in it.</summary>
internal sealed record Hierarchy
{
    public required bool IsUnified { get; init; }

    public required string MountPoint { get; init; }

    /// <summary>Version 1: what it controls.</summary>
    public required IReadOnlyList<string> Controllers { get; init; }

    /// <summary>Our group's path below the mount point: "" or "/a/b".</summary>
    public required string Own { get; init; }

    /// <param name="mount">A line of /proc/self/mountinfo.</param>
    /// <param name="ownGroups">The lines of /proc/self/cgroup: "number:controllers:path", both empty words for version 2.</param>
    /// <param name="hierarchy">What the line says, if it is about control groups.</param>
    public static bool TryParse(string mount, IEnumerable<string> ownGroups, [NotNullWhen(true)] out Hierarchy? hierarchy)
    {
        hierarchy = null;
        string[] halves = mount.Split(" - ", 2);
        string[] front = halves[0].Split(' ');
        string[] back = halves.Length == 2 ? halves[1].Split(' ') : [];
        if (front.Length < 6 || back.Length < 3 || back[0] is not ("cgroup" or "cgroup2"))
        {
            return false;
        }

        bool unified = back[0] == "cgroup2";
        string[] controllers = unified ? [] : back[2].Split(',');
        foreach (string line in ownGroups)
        {
            string[] parts = line.Split(':', 3);
            bool ours = parts.Length == 3
                && (unified ? parts[0] == "0" && parts[1].Length == 0 : parts[1].Split(',').Any(c => controllers.Contains(c)));

            // Somebody may have mounted a part of the hierarchy only; what is above it is not ours to see.
            string root = front[3] == "/" ? "" : front[3];
            if (ours && (parts[2] + "/").StartsWith(root + "/", StringComparison.Ordinal))
            {
                hierarchy = new Hierarchy
                {
                    IsUnified = unified,
                    MountPoint = front[4],
                    Controllers = controllers,
                    Own = parts[2][root.Length..].TrimEnd('/'),
                };
                return true;
            }
        }

        return false;
    }

    /// <summary>The directory of our own group, then that of its parent, and so on up to the mount point.</summary>
    public IEnumerable<string> OwnAndAbove()
    {
        for (string path = Own; ; path = path[..path.LastIndexOf('/')])
        {
            yield return MountPoint + path;
            if (path.Length == 0)
            {
                yield break;
            }
        }
    }
}
