namespace Ringwall.Server.Health;

/// <summary>A device's row in health_states.</summary>
internal sealed class DeviceState
{
    public required int Number { get; init; }

    /// <summary>The highest sequence that is stored; 0 before the first report.</summary>
    public long Sequence { get; set; }

    /// <summary>When it was last heard, by the fleet's clock; 0 for never.</summary>
    public long At { get; set; }

    /// <summary>Since when it has been heard without a break.</summary>
    public long Began { get; set; }

    public DeviceFlags Flags { get; set; }

    public ReleaseMark[] Marks { get; set; } = [];

    /// <summary>The last report as JSON, without harms and probations, which are kept apart.</summary>
    public byte[] Report { get; set; } = [];
}
