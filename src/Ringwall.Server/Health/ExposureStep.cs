namespace Ringwall.Server.Health;

/// <summary>One published exposure.</summary>
/// <param name="Minute">The first minute in which it holds: <see cref="FleetView.MinuteOf"/> of the moment in which it was decided.</param>
/// <param name="Exposure">By stratum, 0 to 1; never less than in the step before.</param>
public sealed record ExposureStep(long Minute, double[] Exposure);
