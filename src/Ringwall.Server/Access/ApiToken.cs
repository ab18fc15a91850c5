namespace Ringwall.Server.Access;

/// <summary>An API token as its owner sees it: all but the secret. Times are Unix milliseconds.</summary>
public sealed record ApiToken(string Id, string Name, long Created, long Until);
