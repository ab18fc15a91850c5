using Ringwall.Kernel.Files;

namespace Ringwall.Host.Responses;

/// <summary>Bytes that nobody may open or execute.</summary>
/// <param name="Digest">SHA-256, hexadecimal.</param>
/// <param name="Size">How many bytes.</param>
/// <param name="Path">Where they were seen, for people.</param>
/// <param name="Seen">The file that they were seen in.</param>
internal sealed record BlockedFile(string Digest, long Size, string Path, FileIdentity Seen);
