namespace Ringwall.Simulator;

/// <summary>What a simulated fleet is made of. Every number is an assumption; docs/rollout-results.md lists them.</summary>
internal sealed record FleetShape
{
    public int Devices { get; init; } = 200_000;

    public int Cells { get; init; } = 16;

    /// <summary>The share of devices in canary, early, broad and critical.</summary>
    public double[] Rings { get; init; } = [0.01, 0.09, 0.87, 0.03];

    /// <summary>How uneven the cells are: the size of cell i is in proportion to 1 / (i + 1)^skew.</summary>
    public double Skew { get; init; } = 0.7;

    /// <summary>Laptops sleep at night and at weekends; other devices run always.</summary>
    public double Laptops { get; init; } = 0.4;

    /// <summary>Laptops that also run at weekends.</summary>
    public double Weekenders { get; init; } = 0.3;

    /// <summary>Devices in three time zones, eight hours apart, in these parts.</summary>
    public double[] Zones { get; init; } = [0.5, 0.35, 0.15];

    public int ReportMinutes { get; init; } = 5;

    public double PacketLoss { get; init; } = 0.01;

    /// <summary>Devices whose clock or reports make no sense.</summary>
    public double Senseless { get; init; } = 0.003;

    /// <summary>Devices that crash again and again, whatever they run.</summary>
    public double ChronicCrash { get; init; } = 0.0003;

    /// <summary>Devices that are slow again and again.</summary>
    public double ChronicSlow { get; init; } = 0.005;

    /// <summary>The mean time until a chronically ill device first shows it.</summary>
    public double ChronicHours { get; init; } = 8;

    /// <summary>How many times as often as the average laptops are chronically ill, and others.</summary>
    public const double LaptopsIll = 1.75;

    public const double OthersIll = 0.5;

    /// <summary>How far all background trouble swings up and down with the time of day.</summary>
    public double Rhythm { get; init; } = 0.4;

    /// <summary>Devices that join per day, as a share of the fleet.</summary>
    public double JoinPerDay { get; init; } = 0.005;

    /// <summary>Devices whose fallback generation is not shown to be alive.</summary>
    public double FallbackDead { get; init; } = 0.01;

    /// <summary>When the release starts, in minutes from Monday 00:00 UTC. Tuesday 09:00.</summary>
    public int StartMinute { get; init; } = 24 * 60 + 9 * 60;

    /// <summary>The largest site; sizes run from 2 up to it.</summary>
    public int LargestSite { get; init; } = 60;
}
