namespace Ringwall.Wire.Api;

/// <summary>A signed role of a repository as it is published.</summary>
/// <param name="Role">"root", "targets", "snapshot", "timestamp", or a vendor's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Expires">Until when devices believe it.</param>
public sealed record RepositoryLine(string Role, long Version, DateTimeOffset Expires);
