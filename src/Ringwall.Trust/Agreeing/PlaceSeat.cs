namespace Ringwall.Trust;

/// <summary>A device's seat among those of its site in the same ring and cell.</summary>
/// <param name="Domain">The group: 16 lower-case hexadecimal digits.</param>
/// <param name="Index">0 to <paramref name="Size"/> − 1.</param>
/// <param name="Size">How many seats the group has.</param>
public sealed record PlaceSeat(string Domain, int Index, int Size)
{
    internal static PlaceSeat Read(MetaValue.Map map)
    {
        int size = (int)map.Number("size", 1, int.MaxValue);
        PlaceSeat seat = new(map.Text("domain", 16), (int)map.Number("index", 0, size - 1), size);
        if (seat.Domain.Length != 16 || !Hex.IsLower(seat.Domain))
        {
            UpdateRejectedException.Throw(RejectionReason.Malformed, "'domain' is no 16 hexadecimal digits");
        }

        return seat;
    }

    internal MetaValue.Map Describe() => MetaValue.Map.Empty
        .With("domain", MetaValue.Of(Domain)).With("index", MetaValue.Of(Index)).With("size", MetaValue.Of(Size));
}
