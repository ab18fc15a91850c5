namespace Ringwall.Host.Control;

/// <summary>The control socket cannot be opened. The message names thing, reason and remedy.</summary>
internal sealed class ControlSocketException(string message) : Exception(message);
