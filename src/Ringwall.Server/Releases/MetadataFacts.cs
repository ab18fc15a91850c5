using Ringwall.Trust;

namespace Ringwall.Server.Releases;

/// <summary>What a page says of a signed file. Nobody believes anything because of it.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Expires">Until when it is believed.</param>
internal readonly record struct MetadataFacts(long Version, DateTimeOffset Expires)
{
    public static MetadataFacts Of(byte[] file)
    {
        MetadataHead head = SignedFile.Read(file).Head;
        return new MetadataFacts(head.Version, head.Expires);
    }
}
