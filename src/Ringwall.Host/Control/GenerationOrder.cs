using Ringwall.Wire;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Control;

/// <summary>What became of an order about a generation.</summary>
/// <param name="Said">What was done or begun, in a sentence; null when it was refused.</param>
/// <param name="Generation">The one that it was about; null when it was refused.</param>
/// <param name="Refusal">Why not; null when it was taken.</param>
internal sealed record GenerationOrder(string? Said, GenerationLine? Generation, ErrorReport? Refusal)
{
    public static GenerationOrder Taken(string said, GenerationLine? about) => new(said, about, null);

    public static GenerationOrder Refused(int exit, string thing, string reason, string remedy) => new(null, null, new ErrorReport(exit, thing, reason, remedy));
}
