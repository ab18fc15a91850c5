using Ringwall.Contract;
using Ringwall.Host.Deliver;
using Ringwall.Host.Sandboxes;

namespace Ringwall.Host.Supervision;

/// <summary>Hears what happens in one life of a sensor, on that life's thread.</summary>
internal interface ILifeWatch
{
    /// <summary>Becomes true when an operator, or the end of the host, wants the sensor to end. Set from any thread; Orders is woken.</summary>
    public bool ShallEnd { get; }

    /// <summary>Its process runs.</summary>
    public void Started(Sandbox sandbox, SandboxPlan plan);

    /// <summary>It has introduced itself and is at work.</summary>
    public void Welcomed(HelloMessage hello, SensorSeat seat);

    /// <summary>It answered when asked for its health, with its own line about its state.</summary>
    public void Said(string note);

    /// <summary>It failed at something. False: that was one too many, and it is to be killed.</summary>
    public bool Struck(in Complaint complaint, IReadOnlyList<string> lastLines);
}
