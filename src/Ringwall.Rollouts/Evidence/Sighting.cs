namespace Ringwall.Rollouts;

/// <summary>Devices that showed a measure for the first time since the release began, in whichever arm they are, in one window.</summary>
/// <param name="Stratum">Ring × cells + cell.</param>
/// <param name="Measure">Index into the measures.</param>
/// <param name="Age">Class of time since exposure, or <see cref="Control"/> for devices not yet exposed.</param>
/// <param name="Devices">How many.</param>
public readonly record struct Sighting(int Stratum, int Measure, int Age, int Devices)
{
    public const int Control = -1;
}
