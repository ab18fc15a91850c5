using Ringwall.Kernel.Processes;

namespace Ringwall.Host.Supervision;

/// <summary>Decides what a sensor's unasked end is called.</summary>
internal static class Ending
{
    /// <param name="status">How it ended.</param>
    /// <param name="memoryKills">How many processes of it the kernel killed for want of memory.</param>
    /// <param name="welcomed">Whether it had introduced itself.</param>
    public static Complaint Of(ExitStatus status, long memoryKills, bool welcomed)
    {
        if (memoryKills > 0 && status.Signal == Signals.Kill)
        {
            return new Complaint(StrikeReason.Memory, "it used more memory than it may, and the kernel killed it", EndsLife: true);
        }

        if (!welcomed)
        {
            return new Complaint(StrikeReason.Start, $"it ended before its hello: {status}", EndsLife: true);
        }

        return status.WasKilled
            ? new Complaint(StrikeReason.Crash, $"{status}", EndsLife: true)
            : new Complaint(StrikeReason.Exit, $"it ended by itself: {status}", EndsLife: true);
    }
}
