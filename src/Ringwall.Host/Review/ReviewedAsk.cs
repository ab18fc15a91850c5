using Ringwall.Contract;
using Ringwall.Host.Decide;
using Ringwall.Host.Findings;
using Ringwall.Host.Intake.Tells;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Review;

/// <summary>One ask that sensors were asked about, after its answer. Spans and descriptor are valid during the call that shows it.</summary>
internal readonly ref struct ReviewedAsk
{
    public required ulong Ticket { get; init; }

    public required EventClass Class { get; init; }

    /// <summary>The file as it was when somebody wanted it.</summary>
    public required FileState File { get; init; }

    public required int Pid { get; init; }

    /// <summary>What was known of the asker then; null when nothing.</summary>
    public ProcessEntry? Process { get; init; }

    /// <summary>Empty when it has no path that can be told.</summary>
    public ReadOnlySpan<byte> Path { get; init; }

    /// <summary>What the kernel was told.</summary>
    public required Verdict Applied { get; init; }

    /// <summary>What the sensors in service said, all together, before any guardrail; none when they did not say it in time.</summary>
    public Verdict Judged { get; init; }

    public required DecisionReason Reason { get; init; }

    /// <summary>Whose denial <see cref="Judged"/> is; null when nobody denied.</summary>
    public FindingSource? DecidedBy { get; init; }

    /// <summary>The reason that the sensor gave for its denial.</summary>
    public ReadOnlySpan<byte> Why { get; init; }

    /// <summary>When it was read from the kernel, by the monotonic clock.</summary>
    public required long AskedNs { get; init; }

    /// <summary>From then to its answer.</summary>
    public required long TookNs { get; init; }

    /// <summary>The file, open for reading; -1 when no reviewer wants it or too many are open.</summary>
    public int Descriptor { get; init; }
}
