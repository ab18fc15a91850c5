namespace Ringwall.Host.Supervision;

/// <summary>Where a sensor is between being wanted and being at work.</summary>
internal enum SensorState
{
    /// <summary>Its sandbox is being made, or it has not introduced itself yet.</summary>
    Starting,

    /// <summary>It is asked and told.</summary>
    Running,

    /// <summary>It failed, and waits to be started again.</summary>
    BackingOff,

    /// <summary>By an operator, or because the host ends.</summary>
    Stopped,

    /// <summary>It failed too often, and waits for an operator.</summary>
    Quarantined,
}
