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

    /// <summary>The folder of a fleet of this one machine; null for none.</summary>
    public string? FleetFolder { get; init; }

    /// <summary>How long one of that fleet's minutes lasts, in seconds.</summary>
    public double FleetPace { get; init; } = 2;

    /// <summary>Only these mount points; empty for all.</summary>
    public IReadOnlyList<string> Mounts { get; init; } = [];
}
