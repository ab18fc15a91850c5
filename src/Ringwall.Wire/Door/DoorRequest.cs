namespace Ringwall.Wire.Door;

/// <summary>One line from the agent.</summary>
public sealed record DoorRequest
{
    /// <summary>One of <see cref="DoorVerb"/>.</summary>
    public required string Do { get; init; }

    /// <summary>For <see cref="DoorVerb.Hello"/>; null to ask only.</summary>
    public DoorIdentity? Identity { get; init; }

    /// <summary>For <see cref="DoorVerb.Move"/>: the signed file, as <see cref="Fleet.SessionReply.Place"/> has it.</summary>
    public string? Place { get; init; }

    /// <summary>For <see cref="DoorVerb.Install"/>: the release.</summary>
    public string? Path { get; init; }

    /// <summary>For <see cref="DoorVerb.Report"/>: the number of the last facts that the agent has on its disk; 0 for none.</summary>
    public long After { get; init; }

    /// <summary>For <see cref="DoorVerb.Report"/>: how long one of the rollout rules' minutes lasts, in milliseconds.</summary>
    public long Minute { get; set; } = 60_000;
}
