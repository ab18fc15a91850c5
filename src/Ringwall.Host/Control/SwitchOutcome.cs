namespace Ringwall.Host.Control;

/// <summary>What became of an order about a sensor.</summary>
internal enum SwitchOutcome
{
    /// <summary>It is being carried out.</summary>
    Ordered,

    /// <summary>It was so already.</summary>
    AlreadySo,

    NoSuchSensor,
}
