namespace Ringwall.Host.Generations.Probation;

/// <summary>The parts of a probation, in order.</summary>
internal enum ProbationStage
{
    Start,
    Synthetic,
    Protected,
    Journal,
    Live,
}
