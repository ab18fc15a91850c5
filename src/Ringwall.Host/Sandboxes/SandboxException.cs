namespace Ringwall.Host.Sandboxes;

/// <summary>A sensor could not be started; the message names the thing, the reason and the remedy.</summary>
internal sealed class SandboxException(string message) : Exception(message);
