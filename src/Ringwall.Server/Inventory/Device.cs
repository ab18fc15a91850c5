using System.Text.Json.Serialization;
using Ringwall.Rollouts;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Inventory;

/// <summary>One device of the fleet.</summary>
public sealed record Device
{
    /// <summary>1 and up, without gaps; the device's own for good.</summary>
    public required long Number { get; init; }

    /// <summary>As <see cref="DeviceIdentity"/> makes it.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The host's version when it enrolled; its reports say a newer one.</summary>
    public required string Host { get; init; }

    [JsonConverter(typeof(RingText))]
    public required Ring Ring { get; init; }

    public required string Cell { get; init; }

    public string? Site { get; init; }

    public DeviceSeat? Seat { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long EnrolledAt { get; init; }

    /// <summary>Since when it stands where it does, Unix milliseconds; as <see cref="EnrolledAt"/> until it is moved.</summary>
    internal long PlacedAt { get; init; }

    /// <summary>Null while it belongs to the fleet.</summary>
    public long? RetiredAt { get; init; }
}
