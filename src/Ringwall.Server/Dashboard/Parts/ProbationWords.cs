using Ringwall.Server.Dashboard.Models;
using Ringwall.Wire.Probation;

namespace Ringwall.Server.Dashboard.Parts;

/// <summary>How results and gates of a probation look.</summary>
internal static class ProbationWords
{
    public static Tone Tone(string result) => result switch
    {
        ProbationResult.Passed => Models.Tone.Good,
        ProbationResult.Running or GateState.Waiting => Models.Tone.Running,
        ProbationResult.Refused or GateState.Failed => Models.Tone.Bad,
        ProbationResult.Inconclusive => Models.Tone.Warn,
        _ => Models.Tone.Quiet,
    };
}
