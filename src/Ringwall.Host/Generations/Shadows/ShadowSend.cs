namespace Ringwall.Host.Generations.Shadows;

/// <summary>What became of a message to a shadow.</summary>
internal enum ShadowSend
{
    /// <summary>It is in the sensor's socket.</summary>
    Sent,

    /// <summary>There is no room now, in the socket or among the open asks. Later there may be.</summary>
    Full,

    /// <summary>The sensor is not at work, or does not want this kind of event.</summary>
    NotTaken,
}
