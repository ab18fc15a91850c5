namespace Ringwall.Wire.Api;

/// <summary>A repository of signed files.</summary>
/// <param name="Name">"vendors" or "director".</param>
/// <param name="Publication">Grows by one with every publication; 0: there is no root yet.</param>
/// <param name="Roles">What is published.</param>
public sealed record RepositoryReply(string Name, long Publication, IReadOnlyList<RepositoryLine> Roles);
