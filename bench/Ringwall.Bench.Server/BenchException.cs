namespace Ringwall.Bench.Server;

/// <summary>What was to be measured could not be, or proved nothing.</summary>
internal sealed class BenchException(string message) : Exception(message);
