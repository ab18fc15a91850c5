namespace Ringwall.Contract;

/// <summary>Where events were lost.</summary>
public enum LossPlace : byte
{
    /// <summary>Not said.</summary>
    Unknown = 0,

    /// <summary>Between the kernel and the host: every subscriber lost the same events.</summary>
    Kernel = 1,

    /// <summary>In the host's queue for this one subscriber, which read too slowly.</summary>
    Host = 2,

    /// <summary>In the sensor's own queue.</summary>
    Sensor = 3,
}
