using Ringwall.Contract;

namespace Ringwall.Sdk;

/// <summary>What a sensor says to an ask. Its default is no verdict; returning it from OnAsk is an error.</summary>
public readonly record struct SensorVerdict
{
    private SensorVerdict(Verdict verdict, string reason, bool cacheable)
    {
        Verdict = verdict;
        Reason = reason;
        Cacheable = cacheable;
    }

    /// <summary>Allow or deny.</summary>
    public Verdict Verdict { get; }

    /// <summary>Why, for people. What is beyond 1024 bytes of UTF-8 is cut.</summary>
    public string? Reason { get; }

    /// <summary>The same answer holds for this file until its bytes change or the sensor's engine or content does.</summary>
    public bool Cacheable { get; }

    /// <summary>Let it happen.</summary>
    /// <param name="cacheable">True only if the verdict depends on nothing but the file's bytes.</param>
    public static SensorVerdict Allow(bool cacheable = false) => new(Verdict.Allow, "", cacheable);

    /// <summary>Refuse it.</summary>
    /// <param name="reason">Why, for people.</param>
    /// <param name="cacheable">True only if the verdict depends on nothing but the file's bytes.</param>
    public static SensorVerdict Deny(string reason, bool cacheable = false) => new(Verdict.Deny, reason, cacheable);
}
