namespace Ringwall.Trust;

/// <summary>What every signed file begins with.</summary>
/// <param name="Version">1 or more.</param>
/// <param name="Expires">Not believed from this time on.</param>
public readonly record struct MetadataHead(long Version, DateTimeOffset Expires)
{
    private const string Understood = "1";

    /// <summary>The version of the specification that is written here.</summary>
    public const string SpecVersion = "1.0.34";

    internal static MetadataHead Read(MetaValue.Map signed, string type)
    {
        string found = signed.Text("_type");
        if (found != type)
        {
            UpdateRejectedException.Throw(RejectionReason.WrongType, $"signed as {found}, asked for as {type}");
        }

        string spec = signed.Text("spec_version", 64);
        string[] parts = spec.Split('.');
        if (parts.Length is < 2 or > 3 || parts[0] != Understood || parts.Any(part => part.Length == 0 || !part.All(char.IsAsciiDigit)))
        {
            UpdateRejectedException.Throw(RejectionReason.SpecVersion, $"written for version {spec} of the specification; {Understood} is understood");
        }

        return new MetadataHead(signed.Number("version", 1), signed.Instant("expires"));
    }

    /// <summary>A freeze attack ends here: specification 5.3.10, 5.4.4, 5.5.6, 5.6.5.</summary>
    internal void RequireFresh(DateTimeOffset now, string role)
    {
        if (now >= Expires)
        {
            UpdateRejectedException.Throw(RejectionReason.Expired, $"{role} {Version} was valid until {Expires:u}");
        }
    }
}
