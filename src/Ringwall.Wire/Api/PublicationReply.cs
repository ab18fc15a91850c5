namespace Ringwall.Wire.Api;

/// <summary>What a publication laid out.</summary>
/// <param name="Publication">Its number.</param>
/// <param name="Files">Names of the signed files, in the order in which they were laid out.</param>
/// <param name="Releases">Paths of the releases that it added.</param>
/// <param name="Rollouts">Ids of the rollouts that began by themselves.</param>
public sealed record PublicationReply(long Publication, IReadOnlyList<string> Files, IReadOnlyList<string> Releases, IReadOnlyList<string> Rollouts);
