namespace Ringwall.Agent.Fetching;

/// <summary>The disk refused, and not the network that both speak through streams.</summary>
internal sealed class DiskException(string path, Exception cause) : IOException($"{path}: {cause.Message}", cause);
