namespace Ringwall.Museum;

/// <summary>The museum itself cannot go on: what is missing and what to do about it. Never the outcome of a replay.</summary>
internal sealed class MuseumException(string message) : Exception(message);
