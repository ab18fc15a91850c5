namespace Ringwall.Trust;

/// <summary>
/// Where one device stands in the fleet from a moment on, signed by the keys that say who may install what: the director's targets. A device that is moved believes this, and no server's word.
/// </summary>
public sealed record PlaceOrder
{
    /// <summary>The file's type. No metadata file has it, so none can stand for the other.</summary>
    public const string Type = "ringwall-place";

    /// <summary>What is signed for one device says nothing of another.</summary>
    public required string Device { get; init; }

    public required string Ring { get; init; }

    /// <summary>Unix milliseconds. A device takes no place that is older than the one it has.</summary>
    public required long Since { get; init; }

    /// <summary>Its seat among those of its site there; null without one.</summary>
    public PlaceSeat? Seat { get; init; }

    /// <summary>What is to be signed.</summary>
    public MetaValue.Map Describe() => MetaValue.Map.Empty
        .With("_type", MetaValue.Of(Type))
        .With("device", MetaValue.Of(Device))
        .With("ring", MetaValue.Of(Ring))
        .With("since", MetaValue.Of(Since))
        .With("seat", Seat?.Describe());

    /// <summary>
    /// Reads a signed place. It does not expire: what makes it old is a newer one. Whoever took the keys away from those who signed it has taken the place back, too.
    /// </summary>
    /// <param name="director">The root of the director's repository that is trusted now.</param>
    /// <param name="file">As it came.</param>
    /// <exception cref="UpdateRejectedException">It is none, or too few have signed it.</exception>
    public static PlaceOrder Read(RootMetadata director, byte[] file)
    {
        SignedFile signed = SignedFile.Read(file);
        director.Require(RoleName.Targets, signed);
        MetaValue.Map place = signed.Body;
        string type = place.Text("_type");
        if (type != Type)
        {
            UpdateRejectedException.Throw(RejectionReason.WrongType, $"signed as {type}, asked for as {Type}");
        }

        return new PlaceOrder
        {
            Device = place.Text("device", 64),
            Ring = place.Text("ring", 64),
            Since = place.Number("since", 1),
            Seat = place.MapOrNull("seat") is { } seat ? PlaceSeat.Read(seat) : null,
        };
    }
}
