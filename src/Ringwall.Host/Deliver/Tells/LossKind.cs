using Ringwall.Contract;

namespace Ringwall.Host.Deliver.Tells;

/// <summary>Losses that may be added up and told as one event: of the same source, at the same place, with the same certainty.</summary>
internal readonly record struct LossKind(TellKinds Source, LossPlace Place, bool IsExact)
{
    /// <summary>How many there are.</summary>
    public const int Count = TellHub.Sources * Forms;

    private const int Forms = 3;

    /// <summary>A number of its own, below <see cref="Count"/>.</summary>
    public int Index => (TellHub.IndexOf(Source) * Forms) + (Place == LossPlace.Host ? 0 : IsExact ? 1 : 2);

    public static LossKind At(int index) => new(
        TellHub.SourceAt(index / Forms), index % Forms == 0 ? LossPlace.Host : LossPlace.Kernel, index % Forms != 2);
}
