namespace Ringwall.Host.Decide.Guardrails;

/// <summary>A path that is protected, or everything below it.</summary>
/// <param name="Path">As the kernel names it, links followed; no slash at the end.</param>
/// <param name="IsTree">Everything below it, too.</param>
/// <param name="Why">Why.</param>
internal sealed record ProtectedPlace(string Path, bool IsTree, Protection Why);
