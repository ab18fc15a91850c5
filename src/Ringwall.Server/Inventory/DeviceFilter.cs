using Ringwall.Rollouts;

namespace Ringwall.Server.Inventory;

/// <summary>Which devices to list; what is null does not matter.</summary>
public sealed record DeviceFilter
{
    public const int MostListed = 500;

    public Ring? Ring { get; init; }

    public string? Cell { get; init; }

    public string? Site { get; init; }

    /// <summary>The name contains this, or the id begins with it.</summary>
    public string? Text { get; init; }

    /// <summary>Devices that were retired, too.</summary>
    public bool Retired { get; init; }

    /// <summary>The number of the last device of the page before.</summary>
    public long After { get; init; }

    /// <summary>1 to <see cref="MostListed"/>.</summary>
    public int Most { get; init; } = 100;
}
