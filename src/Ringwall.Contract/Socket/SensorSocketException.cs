namespace Ringwall.Contract;

/// <summary>A socket could not be made or taken over. The message names thing, reason and remedy.</summary>
public sealed class SensorSocketException(string message) : Exception(message);
