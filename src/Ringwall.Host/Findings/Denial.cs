using Ringwall.Contract;

namespace Ringwall.Host.Findings;

/// <summary>An ask that a sensor denied, on its way to becoming a finding.</summary>
internal sealed record Denial
{
    public required EventClass Class { get; init; }

    public required ulong Ticket { get; init; }

    /// <summary>The sensor's reason, as it sent it.</summary>
    public required string Reason { get; init; }

    /// <summary>The file's path, as bytes because paths are.</summary>
    public required ReadOnlyMemory<byte> Path { get; init; }

    public ulong Size { get; init; }

    public ProcessRecord? Actor { get; init; }

    /// <summary>The verdict was remembered, not given anew.</summary>
    public bool FromCache { get; init; }

    /// <summary>Why the denial was not applied, as a sentence without its end; null when it was.</summary>
    public string? NotApplied { get; init; }
}
