namespace Ringwall.Trust;

/// <summary>One file to lay where devices fetch from.</summary>
/// <param name="Name">Below the address of the repository's metadata; escaped already.</param>
/// <param name="Content">Its bytes.</param>
public sealed record PublishedFile(string Name, byte[] Content);
