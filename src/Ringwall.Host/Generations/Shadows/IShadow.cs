using Ringwall.Contract;
using Ringwall.Host.Supervision;

namespace Ringwall.Host.Generations.Shadows;

/// <summary>
/// A generation that runs beside the one in service: started and welcomed like any sensor, told the same live tells, asked what its user asks it.
/// Its verdicts are handed to whoever listens and go nowhere else. Every member may be used by any thread and never waits for the sensor.
/// </summary>
internal interface IShadow
{
    public ShadowState State { get; }

    /// <summary>From the start of its process to its welcome; null before that.</summary>
    public TimeSpan? StartedIn { get; }

    /// <summary>What it may be asked and told; none before its welcome.</summary>
    public AskKinds Asks { get; }

    public TellKinds Tells { get; }

    /// <summary>
    /// Every strike of this generation since it became a shadow, oldest first, by the same rules as for sensors in service. One on trial is not started
    /// again by itself: a strike that ends its life leaves it <see cref="ShadowState.Ended"/>.
    /// </summary>
    public IReadOnlyList<Strike> Strikes { get; }

    /// <summary>What it has used and done since its start; the last reading once it has ended.</summary>
    public GenerationUse Use();

    /// <summary>From now on these hear each ask's end. Null: nobody does.</summary>
    public void Listen(IShadowListener? listener);

    /// <summary>
    /// Sends one ask. Once sent, the listener hears exactly one end of it: the verdict, or <see cref="Verdict.None"/> after its deadline or the
    /// sensor's end. The listener may hear it before this returns.
    /// </summary>
    /// <param name="ticket">The ticket in the message: made by <see cref="Shadow.Ticket"/> of the user's numbering, and not one that is still open.</param>
    /// <param name="message">A whole ask message, well-formed.</param>
    /// <param name="deadlineNs">The deadline in the message, CLOCK_MONOTONIC.</param>
    /// <param name="descriptor">Read-only, of the file; -1 for none. Passed if the sensor wants descriptors, and not kept.</param>
    public ShadowSend TryAsk(ulong ticket, ReadOnlySpan<byte> message, long deadlineNs, int descriptor);

    /// <summary>Sends one tells message beside the live ones, as <see cref="TellBatchWriter"/> makes it. Counted in <see cref="GenerationUse.Told"/>.</summary>
    /// <param name="message">A whole tells message.</param>
    /// <param name="events">How many events are in it.</param>
    public ShadowSend TryTell(ReadOnlySpan<byte> message, int events);
}
