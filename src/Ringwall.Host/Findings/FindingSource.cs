namespace Ringwall.Host.Findings;

/// <summary>The sensor that a finding comes from, by the names that the host knows it under.</summary>
/// <param name="Name">As configured.</param>
/// <param name="Vendor">As it introduced itself.</param>
/// <param name="Engine">The engine's version.</param>
/// <param name="Content">The content's version; empty without content.</param>
/// <param name="Generation">Which generation of it.</param>
internal sealed record FindingSource(string Name, string Vendor, string Engine, string Content, int Generation);
