namespace Ringwall.Server.Dashboard.Models;

/// <summary>One rollout: how far, how well, and why it stands where it stands.</summary>
public sealed record RolloutDetail
{
    public required RolloutRow Row { get; init; }

    /// <summary>What was decided last, in one sentence; and the reasons with their numbers.</summary>
    public required string Verdict { get; init; }

    public required IReadOnlyList<string> Reasons { get; init; }

    public DateTimeOffset? Decided { get; init; }

    public required double Evidence { get; init; }

    public required double Threshold { get; init; }

    /// <summary>Devices that were let in and have not yet shown that they are well.</summary>
    public required int InFlight { get; init; }

    public required int Matured { get; init; }

    public required int Harmed { get; init; }

    public required RingsView Rings { get; init; }

    public required IReadOnlyList<Stratum> Strata { get; init; }

    public required IReadOnlyList<Moment> Over { get; init; }

    public required IReadOnlyList<Decision> Decisions { get; init; }

    public required IReadOnlyList<Approval> Approvals { get; init; }

    public required int ApprovalsNeeded { get; init; }

    /// <summary>What this person may do now. Empty for those who only read.</summary>
    public required IReadOnlyList<Choice> Choices { get; init; }

    public sealed record Stratum(string Ring, string Cell, int Enrolled, int Exposed, int Installed, int Matured, int Harmed);

    /// <param name="At">When.</param>
    /// <param name="Exposure">Share of each ring, canary first.</param>
    /// <param name="Evidence">As a number beside its threshold.</param>
    /// <param name="Spent">Devices of the harm budget.</param>
    public sealed record Moment(DateTimeOffset At, IReadOnlyList<double> Exposure, double Evidence, double Spent);

    /// <param name="At">When it was first decided so.</param>
    /// <param name="Kind">As "grow".</param>
    /// <param name="Tone">How it looks.</param>
    /// <param name="Says">Its headline.</param>
    /// <param name="Because">Its reasons.</param>
    /// <param name="Times">How often in a row the same was decided.</param>
    public sealed record Decision(DateTimeOffset At, string Kind, Tone Tone, string Says, IReadOnlyList<string> Because, int Times);

    public sealed record Approval(string By, DateTimeOffset At);

    /// <param name="Name">The last part of the form's address.</param>
    /// <param name="Label">On the button.</param>
    /// <param name="Does">What happens when it is pressed.</param>
    /// <param name="Grave">Cannot be taken back.</param>
    public sealed record Choice(string Name, string Label, string Does, bool Grave = false);
}
