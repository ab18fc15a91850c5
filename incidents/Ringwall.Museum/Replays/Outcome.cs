using Ringwall.Museum.Canary;
using Ringwall.Museum.Exhibits;

namespace Ringwall.Museum.Replays;

/// <summary>What came of one replay.</summary>
internal sealed record Outcome
{
    public required Exhibit Exhibit { get; init; }

    /// <summary>The replay in which the guard in question was off.</summary>
    public required bool Control { get; init; }

    /// <summary>What harm was done, in sentences; none is what is hoped for.</summary>
    public required IReadOnlyList<string> Harms { get; init; }

    /// <summary>What was late in earlier attempts that are not counted, because the machine was too busy: a sentence for each attempt.</summary>
    public IReadOnlyList<string> NotCounted { get; init; } = [];

    /// <summary>Waiting too long was the only harm.</summary>
    public bool OnlyLate { get; init; }

    public bool Harmless => Harms.Count == 0;

    /// <summary>Milliseconds from the moment on at which the fault could first be seen until Ringwall had noticed; null when it did not.</summary>
    public double? DetectedMs { get; init; }

    /// <summary>Milliseconds from the detection until the previous generation was in service; 0 when it had never left, null when it was not.</summary>
    public double? FallbackMs { get; init; }

    /// <summary>Milliseconds in which what is to be refused was allowed.</summary>
    public double GapMs { get; init; }

    /// <summary>Asks that the fallback answered, from the arrival on.</summary>
    public long AsksByFallback { get; init; }

    /// <summary>What noticed it, in the host's words.</summary>
    public string NoticedBy { get; init; } = "";

    public double LongestExecMs { get; init; }

    public double LongestOpenMs { get; init; }

    /// <summary>The longest wait of the same operations on the filesystem that nobody guards, at the same time.</summary>
    public double NoiseMs { get; init; }

    /// <summary>The share of the time in which something on this machine waited for a processor.</summary>
    public double Pressure { get; init; }

    /// <summary>So busy that a late operation says more about the machine than about the guard.</summary>
    public bool Noisy => NoiseMs > 25 || Pressure > 0.6;

    public required IReadOnlyList<Operation> Operations { get; init; }

    public required IReadOnlyList<StatusSample> Samples { get; init; }

    public required IReadOnlyList<Moment> Moments { get; init; }

    public required string Log { get; init; }
}
