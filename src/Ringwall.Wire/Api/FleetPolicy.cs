namespace Ringwall.Wire.Api;

/// <summary>What an operator decides about all rollouts. What a rollout began with it keeps, but for windows, freezes and pins, which count at once.</summary>
public sealed record FleetPolicy
{
    /// <summary>How many devices one release may harm.</summary>
    public int HarmBudget { get; set; } = 25;

    /// <summary>Minutes awake that a device runs a release before its good health counts.</summary>
    public int SoakMinutes { get; set; } = 24;

    public int UrgentSoakMinutes { get; set; } = 8;

    /// <summary>The part of each ring and cell that waits a day, as something to compare with.</summary>
    public double Holdback { get; set; } = 0.02;

    /// <summary>Devices that canary, early and broad must show in good health before the next ring opens.</summary>
    public IReadOnlyList<int> EnoughInRing { get; set; } = [12, 100, 10_000];

    public IReadOnlyList<int> EnoughInCell { get; set; } = [1, 4, 50];

    /// <summary>When a ring may install; a ring without any always may.</summary>
    public IReadOnlyList<RingWindow> Windows { get; set; } = [];

    /// <summary>Times in which nobody installs.</summary>
    public IReadOnlyList<Freeze> Freezes { get; set; } = [];

    public IReadOnlyList<RingPin> Pins { get; set; } = [];

    /// <summary>Devices that take no release.</summary>
    public IReadOnlyList<string> PinnedDevices { get; set; } = [];

    /// <summary>Vendors whose releases are let out when they are published, without a person's approval; never urgently.</summary>
    public IReadOnlyList<string> Automatic { get; set; } = [];
}
