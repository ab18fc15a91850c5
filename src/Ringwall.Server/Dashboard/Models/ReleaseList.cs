namespace Ringwall.Server.Dashboard.Models;

/// <summary>What vendors have published, the newest first.</summary>
public sealed record ReleaseList
{
    public required IReadOnlyList<Row> Rows { get; init; }

    public sealed record Row
    {
        public required string Path { get; init; }

        public required string Vendor { get; init; }

        public required string Sensor { get; init; }

        /// <summary>"engine" or "content".</summary>
        public required string Stream { get; init; }

        public required long Number { get; init; }

        public string Version { get; init; } = "";

        public required long Length { get; init; }

        public required DateTimeOffset Published { get; init; }

        public required long Installed { get; init; }

        public required long ProbationsPassed { get; init; }

        public required long ProbationsRefused { get; init; }

        /// <summary>The rollout that lets it out; null when none does.</summary>
        public string? Rollout { get; init; }

        public required string State { get; init; }

        public required Tone Tone { get; init; }
    }
}
