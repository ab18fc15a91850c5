using Ringwall.Server.Dashboard.Models;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Dashboard.Reading;

/// <summary>Rollouts in the words and colours of the pages.</summary>
internal static class RolloutWords
{
    private static readonly string[] Rings = ["canary", "early", "broad", "critical"];

    public static RolloutRow Row(RolloutLine line)
    {
        (string state, Tone tone) = State(line);
        return new RolloutRow
        {
            Id = line.Id,
            Release = line.Release,
            State = state,
            Tone = tone,
            Urgent = line.Urgent,
            Exposed = line.Exposed,
            Enrolled = line.Enrolled,
            Spent = line.Spent,
            Budget = line.Budget,
            Started = line.StartedAt,
            Headline = line.Headline,
        };
    }

    public static (string Words, Tone Tone) State(RolloutLine line) => line.State switch
    {
        RolloutStates.Waiting => ("waits for approval", Tone.Warn),
        RolloutStates.Running when Is(line, "INCONCLUSIVE") => ("inconclusive", Tone.Warn),
        RolloutStates.Running when Is(line, "PAUSE") => ("paused by the rules", Tone.Warn),
        RolloutStates.Running when Is(line, "GROW") => ("growing", Tone.Running),
        RolloutStates.Running => ("running", Tone.Running),
        RolloutStates.Paused => ("paused", Tone.Warn),
        RolloutStates.Halted => ("halted", Tone.Bad),
        RolloutStates.Complete => ("complete", Tone.Good),
        _ => (line.State, Tone.Quiet),
    };

    public static bool Is(RolloutLine line, string headline) => line.Headline.StartsWith(headline, StringComparison.Ordinal);

    public static RingsView View(RolloutReply reply) => new()
    {
        Release = reply.Line.Release,
        Halted = reply.Line.State == RolloutStates.Halted,
        Rings = [.. Rings.Select(ring => new RingsView.Ring(
            ring,
            [.. reply.Strata.Where(stratum => stratum.Ring == ring).Select(stratum => new RingsView.Part(stratum.Cell, stratum.Enrolled, stratum.Exposed, stratum.Harmed, 0))]))],
    };

    /// <summary>The first line of an explanation is what is decided, the others are why.</summary>
    public static (string Verdict, string[] Reasons) Split(string words)
    {
        string[] lines = words.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length == 0 ? ("", []) : (lines[0], [.. lines[1..].Select(line => line.StartsWith("- ", StringComparison.Ordinal) ? line[2..] : line)]);
    }

    public static Tone OfDecision(string kind) => kind switch
    {
        "grow" => Tone.Running,
        "halt" => Tone.Bad,
        "pause" or "inconclusive" => Tone.Warn,
        _ => Tone.Quiet,
    };

    /// <summary>What each choice does, said before it is made.</summary>
    public static RolloutDetail.Choice Choice(string name, RolloutLine line) => name switch
    {
        "approve" => new(name, "Approve", line.ApprovalsNeeded - line.Approvals > 1
            ? "You vouch for it. Another person must, too, before the first canary may install it."
            : "You vouch for it. The first canaries may install it from the next minute on, and the rules decide from there."),
        "pause" => new(name, "Pause", "Nobody more is let in, and whoever was let in does not install. Evidence is still looked at. You can resume."),
        "resume" => new(name, "Resume", "The rules decide again, from the next minute on."),
        "halt" => new(name, "Halt", "For good. Nobody may install it, and devices that did return to what they had before.", Grave: true),
        _ => new(name, name, ""),
    };
}
