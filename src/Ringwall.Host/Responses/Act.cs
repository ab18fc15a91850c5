using System.Text.Json.Serialization;
using Ringwall.Contract;

namespace Ringwall.Host.Responses;

/// <summary>One thing that was done because a sensor requested it, with what is needed to undo it.</summary>
internal sealed record Act
{
    /// <summary>From 1, in the order of the journal.</summary>
    public long Id { get; init; }

    public required ResponseKind Kind { get; init; }

    /// <summary>As configured.</summary>
    public required string Sensor { get; init; }

    public long Generation { get; init; }

    public string Engine { get; init; } = "";

    public string Content { get; init; } = "";

    /// <summary>Why, in the sensor's words.</summary>
    public string Reason { get; init; } = "";

    public DateTimeOffset At { get; init; }

    /// <summary>The same on a clock that never jumps, which began before this host: what a former host did is as old as the wall clock says when it is read.</summary>
    [JsonIgnore]
    public TimeSpan Moment { get; init; }

    /// <summary>Of a quarantine.</summary>
    public QuarantinedFile? File { get; init; }

    /// <summary>Of a block.</summary>
    public BlockedFile? Block { get; init; }

    /// <summary>Of a kill.</summary>
    public KilledProcess? Process { get; init; }

    [JsonIgnore]
    public ActState State { get; init; }

    /// <summary>Since when it is in that state.</summary>
    [JsonIgnore]
    public DateTimeOffset Since { get; init; }

    /// <summary>What there is to say of the state: why it failed, where the file was put back to.</summary>
    [JsonIgnore]
    public string Note { get; init; } = "";

    /// <summary>Device and inode of the file that is being put back in place of the quarantined one.</summary>
    [JsonIgnore]
    public (ulong Device, ulong Inode) Returning { get; init; }

    /// <summary>What it is about, for people.</summary>
    [JsonIgnore]
    public string About => File?.ShownPath ?? Block?.Path ?? Process?.ToString() ?? "the network";
}
