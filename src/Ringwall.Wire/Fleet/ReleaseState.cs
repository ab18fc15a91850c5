namespace Ringwall.Wire.Fleet;

/// <summary>How a release stands on a device. The words are stable.</summary>
public static class ReleaseState
{
    /// <summary>The device is exposed to it and has not fetched it yet.</summary>
    public const string Offered = "offered";

    /// <summary>A window, a freeze or a pin keeps it from being installed.</summary>
    public const string Held = "held";

    /// <summary>Its package is on the device and was verified.</summary>
    public const string Fetched = "fetched";

    /// <summary>It runs beside the generation in service; its verdicts do not count.</summary>
    public const string Probation = "probation";

    public const string InService = "in-service";

    /// <summary>It was in service and was taken back.</summary>
    public const string Fallback = "fallback";

    /// <summary>Its probation did not pass: it never served on this device. (A package that does not verify is never fetched.)</summary>
    public const string Refused = "refused";

    /// <summary>A newer release took its place.</summary>
    public const string Superseded = "superseded";

    /// <summary>In the order in which a release goes through them, as far as it does.</summary>
    public static IReadOnlyList<string> All { get; } = [Offered, Held, Fetched, Probation, InService, Fallback, Refused, Superseded];
}
