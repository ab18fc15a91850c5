namespace Ringwall.Host.Supervision;

/// <summary>What an operator can order a sensor to do.</summary>
internal enum SensorOrder
{
    Start,
    Stop,
    Restart,
}
