namespace Ringwall.Trust;

/// <summary>What every draft of a metadata file begins with. Fields that are not known here are carried on from the version before.</summary>
public abstract class Draft
{
    private readonly MetaValue.Map _before;

    private protected Draft(string type, SignedFile? before, long version)
    {
        _before = (before?.Body ?? MetaValue.Map.Empty).With("_type", MetaValue.Of(type)).With("spec_version", MetaValue.Of(MetadataHead.SpecVersion));
        Version = version;
    }

    /// <summary>One more than the version before. Lower it only to recover from a fast-forward attack, together with a change of keys.</summary>
    public long Version { get; set; }

    /// <summary>Until when it will be believed; whole seconds, UTC.</summary>
    public required DateTimeOffset Expires { get; set; }

    /// <summary>What is to be signed.</summary>
    public MetaValue.Map Body() => Fill(_before.With("version", MetaValue.Of(Version)).With("expires", MetaFields.OfInstant(Expires)));

    private protected abstract MetaValue.Map Fill(MetaValue.Map body);
}
