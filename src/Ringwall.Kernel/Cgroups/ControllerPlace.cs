namespace Ringwall.Kernel.Cgroups;

/// <summary>Where groups under one controller can be made.</summary>
/// <param name="Controller">What is bounded there.</param>
/// <param name="IsUnified">Version 2; otherwise version 1. The files have other names.</param>
/// <param name="Directory">The directory that a new group is made in.</param>
public sealed record ControllerPlace(Controller Controller, bool IsUnified, string Directory);
