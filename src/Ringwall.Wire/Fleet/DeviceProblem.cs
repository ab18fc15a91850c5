namespace Ringwall.Wire.Fleet;

/// <summary>The types of problem details (RFC 9457) that a device can be answered with. They are stable; titles and details are for people.</summary>
public static class DeviceProblem
{
    /// <summary>No such join token, or it is used up, expired or withdrawn. Which of them is not said: a guess should teach nothing.</summary>
    public const string TokenRefused = "ringwall:join-token-refused";

    /// <summary>The proof does not fit key and text.</summary>
    public const string ProofRefused = "ringwall:proof-refused";

    /// <summary>The device's clock is more than five minutes off; the problem has "serverTime" (Unix milliseconds).</summary>
    public const string ClockOff = "ringwall:clock-off";

    /// <summary>No such device, or it was retired: enrol anew, with a new key.</summary>
    public const string NoSuchDevice = "ringwall:no-such-device";

    /// <summary>The session has ended or is none: ask for another.</summary>
    public const string SessionOver = "ringwall:session-over";

    /// <summary>The body breaks the format or a limit of <see cref="DeviceLimits"/>. Sending it again does not help.</summary>
    public const string BadRequest = "ringwall:bad-request";

    /// <summary>More comes than can be stored: send the same again after the seconds in Retry-After.</summary>
    public const string Busy = "ringwall:busy";
}
