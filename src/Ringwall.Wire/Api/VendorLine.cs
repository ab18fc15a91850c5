namespace Ringwall.Wire.Api;

/// <summary>A vendor that may publish here.</summary>
public sealed record VendorLine
{
    public required string Name { get; init; }

    /// <summary>Identifiers of the keys that sign for it, as the vendors' repository has them; of a vendor that is only registered, as it gave them.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    public required int Threshold { get; init; }

    /// <summary>Whether the operator's offline keys have signed it in; before, it can publish nothing.</summary>
    public required bool SignedIn { get; init; }

    /// <summary>Whether its releases are let out by themselves when it publishes them.</summary>
    public bool Automatic { get; init; }

    public required int Releases { get; init; }

    /// <summary>Until when its signed file is believed; null: it has published nothing.</summary>
    public DateTimeOffset? Expires { get; init; }
}
