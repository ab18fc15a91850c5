namespace Ringwall.Wire.Api;

/// <summary>One rollout, whole.</summary>
public sealed record RolloutReply
{
    public required RolloutLine Line { get; init; }

    /// <summary>Why it stands where it stands, in the words of the rules; several lines.</summary>
    public required string Words { get; init; }

    /// <summary>By ring and cell, rings in their order.</summary>
    public required IReadOnlyList<StratumLine> Strata { get; init; }

    /// <summary>How it went, oldest first.</summary>
    public required IReadOnlyList<RolloutPoint> Points { get; init; }

    public required IReadOnlyList<ApprovalLine> Approvals { get; init; }

    /// <summary>The release that leads back; null when the vendor gave none.</summary>
    public string? WayBack { get; init; }

    /// <summary>"pause", "resume", "halt", "approve": what can be done with it now, whoever asks.</summary>
    public required IReadOnlyList<string> Possible { get; init; }
}
