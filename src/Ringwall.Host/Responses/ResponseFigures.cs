namespace Ringwall.Host.Responses;

/// <summary>What became of a sensor's requests since the host's start.</summary>
internal readonly record struct ResponseFigures(long Done, long Refused, long Failed);
