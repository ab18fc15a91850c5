using Ringwall.Agent.Enrolling;

namespace Ringwall.Agent.Running;

/// <summary>When to try again: longer after each failure in a row, and never all devices at once (full jitter, as in "Exponential Backoff and Jitter", AWS Architecture Blog, 2015).</summary>
internal sealed class BackOff(Random dice)
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private int _failures;

    public void Succeeded() => _failures = 0;

    /// <summary>After one more failure.</summary>
    /// <param name="usual">How long it is between two tries when all is well.</param>
    /// <param name="least">What the server asked for; an hour counts at most.</param>
    public TimeSpan Failed(TimeSpan usual, TimeSpan least)
    {
        _failures = Math.Min(_failures + 1, 20);
        double most = Math.Min(usual.TotalSeconds * Math.Pow(2, _failures), Math.Max(Longest.TotalSeconds, usual.TotalSeconds));
        TimeSpan wait = TimeSpan.FromSeconds(Math.Max(usual.TotalSeconds / 2, most * dice.NextDouble()));

        // A server may ask for patience, and not for being left alone for good.
        least = least < Plausible.LongestWait ? least : Plausible.LongestWait;
        return wait > least ? wait : least + (usual * dice.NextDouble());
    }

    /// <summary>When all is well: around the usual, so that devices that were started together part.</summary>
    public TimeSpan Usual(TimeSpan usual) => usual * (0.75 + (dice.NextDouble() / 2));
}
