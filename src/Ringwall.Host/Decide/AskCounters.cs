using Ringwall.Contract;
using Ringwall.Host.Deliver.Asks;

namespace Ringwall.Host.Decide;

/// <summary>How asks were answered, counted by the answering thread and read by any.</summary>
internal sealed class AskCounters
{
    private const int Answers = (int)Answer.Last + 1;
    private readonly long[] _counts = new long[Answers * 2];

    /// <summary>Ways that an ask can end, and things that can go wrong around it.</summary>
    public enum Answer
    {
        /// <summary>Asked by Ringwall itself.</summary>
        Own,

        /// <summary>Not a regular file.</summary>
        NotAFile,

        /// <summary>Out of scope; the kernel was told not to ask again.</summary>
        OutOfScope,

        /// <summary>A remembered verdict, checked against the file.</summary>
        Remembered,

        /// <summary>An operator's override.</summary>
        Override,

        /// <summary>Nobody wants to be asked.</summary>
        Nobody,

        /// <summary>Sensors allowed.</summary>
        Allowed,

        /// <summary>A sensor denied.</summary>
        Denied,

        /// <summary>The deadline came first.</summary>
        Overdue,

        /// <summary>A sensor was away.</summary>
        Away,

        /// <summary>Shared another ask's answer.</summary>
        Shared,

        /// <summary>The kernel could not give us the file, for want of descriptors, and denied by itself.</summary>
        NoDescriptor,

        /// <summary>Put into the kernel's memory.</summary>
        KernelRemembered,

        /// <summary>The answer came after the asker was gone.</summary>
        AskerGone,

        /// <summary>Times that reading stopped because too many asks were in flight.</summary>
        Full,

        /// <summary>Denials of sensors that were not applied; the ask ended in one of the other ways.</summary>
        Advisory,

        Last = Advisory,
    }

    /// <summary>From the reading of the event to its answer, for asks that sensors were asked about.</summary>
    public LatencyHistogram Execution { get; } = new();

    public LatencyHistogram Open { get; } = new();

    /// <summary>From the reading of the event to its answer, for remembered verdicts.</summary>
    public LatencyHistogram Remembered { get; } = new();

    /// <summary>Of both classes.</summary>
    public long this[Answer answer] => Of(EventClass.Exec, answer) + Of(EventClass.Open, answer);

    public long Of(EventClass of, Answer answer) => Volatile.Read(ref _counts[Place(of, answer)]);

    public LatencyHistogram Latency(EventClass of) => of == EventClass.Exec ? Execution : Open;

    public void Count(EventClass of, Answer answer)
    {
        ref long count = ref _counts[Place(of, answer)];
        Volatile.Write(ref count, count + 1);
    }

    private static int Place(EventClass of, Answer answer) => (of == EventClass.Exec ? 0 : Answers) + (int)answer;
}
