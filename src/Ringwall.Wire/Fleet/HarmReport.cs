namespace Ringwall.Wire.Fleet;

/// <summary>Something that went wrong on the device.</summary>
public sealed record HarmReport
{
    /// <summary>One of <see cref="HarmMeasure"/>. Others are passed over.</summary>
    public required string Measure { get; init; }

    /// <summary>The release that it happened to, as far as the device knows; null when it does not. For people: the rules judge by who was exposed.</summary>
    public string? Release { get; init; }

    /// <summary>By the device's clock, Unix milliseconds.</summary>
    public required long At { get; init; }

    /// <summary>For people, at most <see cref="DeviceLimits.DetailCharacters"/>.</summary>
    public string Detail { get; set; } = "";
}
