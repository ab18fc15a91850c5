using Ringwall.Host.Findings;

namespace Ringwall.Host.Decide.Blocking;

/// <summary>Bytes that nobody may open or execute.</summary>
/// <param name="Size">How many.</param>
/// <param name="Digest">SHA-256, hexadecimal.</param>
/// <param name="Source">Who requested it.</param>
/// <param name="Why">What is noted with each denial.</param>
internal sealed record BlockedContent(ulong Size, string Digest, FindingSource Source, byte[] Why);
