namespace Ringwall.Cli.Up;

/// <summary>What `ringwall up` was asked to do.</summary>
internal sealed record UpRequest
{
    public required string RunDirectory { get; init; }

    public required string StateDirectory { get; init; }

    /// <summary>More paths below which every open is asked.</summary>
    public IReadOnlyList<string> Guard { get; init; } = [];

    public bool TellOnly { get; init; }

    /// <summary>Folders of rules, for every sensor besides its own.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>Only these mount points; empty for all.</summary>
    public IReadOnlyList<string> Mounts { get; init; } = [];
}
