namespace Ringwall.Bench;

/// <summary>A measurement could not be made; the message says which and why.</summary>
internal sealed class BenchException(string message) : Exception(message);
