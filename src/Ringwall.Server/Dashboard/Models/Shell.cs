namespace Ringwall.Server.Dashboard.Models;

/// <summary>What every page knows: who looks, when, and how its forms prove that they are ours.</summary>
public sealed record Shell
{
    public required string Name { get; init; }

    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>The one vendor whose things this person sees; null for those who see everything.</summary>
    public string? Vendor { get; init; }

    /// <summary>May change what the fleet does.</summary>
    public bool IsOperator { get; init; }

    /// <summary>May approve.</summary>
    public bool IsApprover { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>The path of the page, for the mark in the navigation.</summary>
    public required string Here { get; init; }

    /// <summary>How many things need a person now.</summary>
    public int Attention { get; init; }

    /// <summary>How long one rollout minute lasts when it is not a minute; null when it is.</summary>
    public TimeSpan? DemoPace { get; init; }

    /// <summary>The field that proves that a form came from our page, and its value.</summary>
    public required string TokenField { get; init; }

    public required string Token { get; init; }

    /// <summary>What the form that led here did, or why it was refused; null when no form did.</summary>
    public Notice? Notice { get; init; }
}
