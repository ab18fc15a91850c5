namespace Ringwall.Wire.Api;

/// <summary>Let a release out.</summary>
/// <param name="Release">Its path.</param>
/// <param name="Urgent">Soaks shorter; two people must approve.</param>
public sealed record RolloutOrder(string Release, bool Urgent = false);
