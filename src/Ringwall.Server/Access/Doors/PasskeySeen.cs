namespace Ringwall.Server.Access.Doors;

/// <summary>A passkey as its owner sees it.</summary>
public sealed record PasskeySeen(string Id, string Name, long Created);
