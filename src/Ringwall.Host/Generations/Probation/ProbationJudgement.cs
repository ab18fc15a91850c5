using Ringwall.Wire.Probation;

namespace Ringwall.Host.Generations.Probation;

/// <summary>What the gates say.</summary>
/// <param name="Result">One of <see cref="ProbationResult"/>.</param>
/// <param name="Because">Why, in a sentence.</param>
/// <param name="Gates">Each with its numbers.</param>
internal sealed record ProbationJudgement(string Result, string Because, IReadOnlyList<ProbationGate> Gates);
