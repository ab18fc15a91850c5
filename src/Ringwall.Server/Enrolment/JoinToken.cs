namespace Ringwall.Server.Enrolment;

/// <summary>What lets machines join; the token itself is shown once, when it is made.</summary>
public sealed record JoinToken
{
    public required string Id { get; init; }

    /// <summary>The ring that whoever joins with it comes into.</summary>
    public required string Ring { get; init; }

    /// <summary>The site or redundancy group that they belong to; null for none.</summary>
    public string? Site { get; init; }

    /// <summary>How many machines may join with it in all.</summary>
    public required long Uses { get; init; }

    /// <summary>How many still may.</summary>
    public required long Left { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long ExpiresAt { get; init; }

    public required string MadeBy { get; init; }

    public required long MadeAt { get; init; }

    public long? WithdrawnAt { get; init; }
}
