namespace Ringwall.Wire.Status;

/// <summary>Which kernel feature does a piece of work now.</summary>
/// <param name="Work">For example "process events".</param>
/// <param name="Uses">For example "BPF tp_btf, ring buffer".</param>
/// <param name="InsteadOf">The better one that this kernel does not give, or null when this is the best.</param>
public sealed record FeatureUse(string Work, string Uses, string? InsteadOf);
