namespace Ringwall.Wire.Api;

/// <summary>One rollout in a list.</summary>
public sealed record RolloutLine
{
    /// <summary>Names it in addresses: 12 lower-case hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The release's path.</summary>
    public required string Release { get; init; }

    public required string Vendor { get; init; }

    /// <summary>As the vendor says it.</summary>
    public required string Version { get; init; }

    /// <summary>One of <see cref="RolloutStates"/>.</summary>
    public required string State { get; init; }

    public bool Urgent { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required string StartedBy { get; init; }

    /// <summary>Devices that may install it.</summary>
    public required long Exposed { get; init; }

    /// <summary>Devices of the fleet, in the rollout's strata.</summary>
    public required long Enrolled { get; init; }

    public required long Installed { get; init; }

    /// <summary>Devices that ran it through their soak and are well.</summary>
    public required long Matured { get; init; }

    /// <summary>Devices that showed a harm with it.</summary>
    public required long Harmed { get; init; }

    /// <summary>Of the harm budget, in devices.</summary>
    public required double Spent { get; init; }

    public required int Budget { get; init; }

    /// <summary>The evidence that it harms; <see cref="Threshold"/> is proof.</summary>
    public required double Evidence { get; init; }

    public required double Threshold { get; init; }

    public required int Approvals { get; init; }

    public required int ApprovalsNeeded { get; init; }

    /// <summary>The first line of why it stands where it stands.</summary>
    public required string Headline { get; init; }

    /// <summary>When the rules looked at it last; null: not yet.</summary>
    public DateTimeOffset? DecidedAt { get; init; }
}
