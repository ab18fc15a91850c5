namespace Ringwall.Trust;

/// <summary>Names of the roles that every repository has, and of the files that carry a role.</summary>
public static class RoleName
{
    public const string Root = "root";
    public const string Timestamp = "timestamp";
    public const string Snapshot = "snapshot";
    public const string Targets = "targets";

    internal const int Longest = 256;

    public static bool IsTopLevel(string role) => role is Root or Timestamp or Snapshot or Targets;

    /// <summary>
    /// The file that carries the role, as the end of an address and as a name in a folder: everything but letters, digits, '-', '.', '_' and '~' is escaped, so a role
    /// called "../x" leaves no folder.
    /// </summary>
    /// <param name="role">A role's name.</param>
    /// <param name="version">Put before it; null for a name without a version.</param>
    public static string FileName(string role, long? version = null) => $"{(version is { } number ? $"{number}." : "")}{Uri.EscapeDataString(role)}.json";

    /// <summary>How snapshot and timestamp list the role.</summary>
    public static string Listed(string role) => $"{role}.json";
}
