namespace Ringwall.Rollouts;

/// <summary>What one failure domain draws for one release: where its seats begin, and which seat begins.</summary>
public readonly record struct DomainDraw(double Offset, ulong Rotation);
