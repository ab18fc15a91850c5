namespace Ringwall.Trust;

/// <summary>What a vendor signs of a release, beside its length and digests: the "custom" part of its target in the vendors' repository.</summary>
/// <param name="Version">As the vendor and people say it.</param>
/// <param name="Schema">For content, the schema that it was written for, as SHA-256 in hexadecimal digits; null for others.</param>
/// <param name="WayBackFrom">The release that this one leads away from: it has the content from before it, under a higher number. Null for every other release.</param>
public sealed record VendorStatement(string Version, string? Schema, string? WayBackFrom = null)
{
    /// <summary>What goes into <see cref="TargetFile.Custom"/>.</summary>
    public MetaValue.Map Describe() => MetaValue.Map.Empty
        .With("version", MetaValue.Of(Version))
        .With("schema", Schema is null ? null : MetaValue.Of(Schema))
        .With("way-back-from", WayBackFrom is null ? null : MetaValue.Of(WayBackFrom));

    /// <exception cref="UpdateRejectedException">Malformed.</exception>
    public static VendorStatement Read(MetaValue.Map custom)
    {
        string? schema = custom.Fields.ContainsKey("schema") ? custom.Text("schema", 64) : null;
        if (schema is not null && (schema.Length != 64 || !Hex.IsLower(schema)))
        {
            UpdateRejectedException.Throw(RejectionReason.Malformed, "'schema' is no SHA-256");
        }

        string? wayBackFrom = custom.Fields.ContainsKey("way-back-from") ? ReleasePath.Read(custom.Text("way-back-from")).Text : null;
        return new VendorStatement(custom.Text("version", 128), schema, wayBackFrom);
    }
}
