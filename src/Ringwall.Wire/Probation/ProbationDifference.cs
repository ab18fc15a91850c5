namespace Ringwall.Wire.Probation;

/// <summary>A file that the candidate and the current generation judge differently, or that no sensor may deny.</summary>
public sealed record ProbationDifference
{
    public required string Path { get; init; }

    /// <summary>"exec" or "open".</summary>
    public required string Class { get; init; }

    /// <summary>"allow" or "deny".</summary>
    public required string Candidate { get; init; }

    /// <summary>"allow", "deny", or "unknown" for a file that the current generation was not asked about.</summary>
    public required string Current { get; init; }

    /// <summary>The candidate's reason, in its own words; foreign text.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Why no sensor may deny this file; null when any may.</summary>
    public string? Protected { get; init; }

    /// <summary>How often.</summary>
    public long Count { get; set; } = 1;
}
