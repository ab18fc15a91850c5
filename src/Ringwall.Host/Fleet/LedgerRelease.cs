namespace Ringwall.Host.Fleet;

/// <summary>One release as this device knows it.</summary>
internal sealed record LedgerRelease
{
    public required string Path { get; init; }

    /// <summary>Null when it was installed, and where this device stood was lost.</summary>
    public KeptStanding? Standing { get; init; }

    /// <summary>Whether the operator's file had it when it was last read.</summary>
    public bool IsOffered { get; set; } = true;

    /// <summary>The sensor that it was installed for; null when it was not.</summary>
    public string? Sensor { get; init; }

    /// <summary>The generation that it became, or was already.</summary>
    public long? Generation { get; init; }

    /// <summary>What was last reported of it.</summary>
    public string State { get; set; } = "";

    /// <summary>Since when, in Unix milliseconds.</summary>
    public long Since { get; init; }

    /// <summary>How long it has been in service on this device, in milliseconds in which the device was awake.</summary>
    public long ServedMilliseconds { get; init; }

    /// <summary>Why it is refused, or waits.</summary>
    public string Because { get; set; } = "";

    /// <summary>The generation in service that it did not fit together with, or <see cref="NothingInService"/>: it waits until another one is. Null when it was not tried, or fitted.</summary>
    public long? UnfitFor { get; init; }

    public const long NothingInService = -1;

    /// <summary>Its package was refused before it became a generation.</summary>
    public bool WasRefused { get; init; }
}
