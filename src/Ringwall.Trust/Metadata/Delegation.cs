using System.Security.Cryptography;
using System.Text;

namespace Ringwall.Trust;

/// <summary>That another role is trusted for some paths (specification 4.5).</summary>
/// <param name="Role">Its name.</param>
/// <param name="Keys">Who signs for it.</param>
/// <param name="IsTerminating">Whether what follows is not asked about a path that it matches.</param>
/// <param name="Patterns">The paths, or null.</param>
/// <param name="PathHashPrefixes">Beginnings of the SHA-256 of the paths in hexadecimal digits, or null.</param>
public sealed record Delegation(string Role, RoleKeys Keys, bool IsTerminating, IReadOnlyList<PathPattern>? Patterns, IReadOnlyList<string>? PathHashPrefixes)
{
    private const int MostPaths = 16_384;

    /// <summary>With neither patterns nor prefixes, nothing.</summary>
    public bool Covers(string path)
    {
        if (PathHashPrefixes is not null)
        {
            string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)));
            return PathHashPrefixes.Any(prefix => hash.StartsWith(prefix, StringComparison.Ordinal));
        }

        return Patterns?.Any(pattern => pattern.Matches(path)) ?? false;
    }

    internal static Delegation Read(MetaValue.Map role)
    {
        string name = role.Text("name", RoleName.Longest);
        if (RoleName.IsTopLevel(name))
        {
            UpdateRejectedException.Throw(RejectionReason.Malformed, $"nobody may delegate to {name}");
        }

        PathPattern[]? patterns = role.ListOrNull("paths", MostPaths) is { } paths ? [.. paths.Select(path => new PathPattern(path.AsText("paths")))] : null;
        string[]? prefixes = role.ListOrNull("path_hash_prefixes", MostPaths) is { } found ? [.. found.Select(ReadPrefix)] : null;
        if (patterns is not null && prefixes is not null)
        {
            UpdateRejectedException.Throw(RejectionReason.Malformed, $"{name} has paths and path_hash_prefixes");
        }

        return new Delegation(name, RoleKeys.Read(role), role.FlagOr("terminating", otherwise: false), patterns, prefixes);
    }

    internal MetaValue.Map Describe() => MetaValue.Map.Empty
        .With("name", MetaValue.Of(Role))
        .With("keyids", MetaValue.Of(Keys.KeyIds))
        .With("threshold", MetaValue.Of(Keys.Threshold))
        .With("terminating", MetaValue.Of(IsTerminating))
        .With("paths", Patterns is null ? null : MetaValue.Of(Patterns.Select(pattern => pattern.ToString())))
        .With("path_hash_prefixes", PathHashPrefixes is null ? null : MetaValue.Of(PathHashPrefixes));

    private static string ReadPrefix(MetaValue value)
    {
        string prefix = value.AsText("path_hash_prefixes", 2 * SHA256.HashSizeInBytes);
        return Hex.IsLower(prefix) ? prefix : throw new UpdateRejectedException(RejectionReason.Malformed, $"'{prefix}' is no beginning of a digest");
    }
}
