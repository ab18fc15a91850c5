namespace Ringwall.Wire.Status;

/// <summary>An operator's word that a file is allowed whatever sensors say.</summary>
public sealed record OverrideLine
{
    public required string Path { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>The user who said so.</summary>
    public required int ByUid { get; init; }

    /// <summary>Why, in the operator's words.</summary>
    public string? Note { get; init; }

    /// <summary>How often it has decided.</summary>
    public long Used { get; init; }
}
