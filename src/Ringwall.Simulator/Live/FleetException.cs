namespace Ringwall.Simulator;

/// <summary>The server does not let simulated devices do what they must; the message says what to do.</summary>
internal sealed class FleetException(string message) : Exception(message);
