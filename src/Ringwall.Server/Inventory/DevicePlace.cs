namespace Ringwall.Server.Inventory;

/// <summary>Where a device stands, without the words: a row for the view that holds a million.</summary>
internal readonly record struct DevicePlace
{
    public int Number { get; init; }

    /// <summary>The device's id, its 32 digits as one number.</summary>
    public UInt128 Identity { get; init; }

    public byte Ring { get; init; }

    /// <summary>Index into <see cref="Devices.ReadCellsAsync"/>.</summary>
    public int Cell { get; init; }

    /// <summary>0 without a site.</summary>
    public ulong Domain { get; init; }

    public int Seat { get; init; }

    public long EnrolledAt { get; init; }

    /// <summary>0 while it belongs to the fleet.</summary>
    public long RetiredAt { get; init; }
}
