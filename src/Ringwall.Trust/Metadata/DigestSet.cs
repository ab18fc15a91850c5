using System.Security.Cryptography;

namespace Ringwall.Trust;

/// <summary>Digests of one content by the names of their algorithms. SHA-256 and SHA-512 are understood; others may stand beside them and prove nothing.</summary>
public sealed class DigestSet
{
    private const int Most = 16;

    private DigestSet(IReadOnlyDictionary<string, string> byAlgorithm) => ByAlgorithm = byAlgorithm;

    /// <summary>Algorithm to digest; those that are understood are of the right length, in lower case.</summary>
    public IReadOnlyDictionary<string, string> ByAlgorithm { get; }

    /// <summary>Whether there is one that can be checked here.</summary>
    public bool CanBeChecked => Preferred is not null;

    /// <summary>The digest that names files: of SHA-256 if there is one.</summary>
    public string? Preferred => ByAlgorithm.GetValueOrDefault("sha256") ?? ByAlgorithm.GetValueOrDefault("sha512");

    public static DigestSet Of(ReadOnlySpan<byte> content) =>
        new(new Dictionary<string, string>(StringComparer.Ordinal) { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)) });

    /// <param name="sha256">64 hexadecimal digits in lower case.</param>
    /// <exception cref="UpdateRejectedException">Malformed.</exception>
    public static DigestSet OfSha256(string sha256) => Read(MetaValue.Map.Empty.With("sha256", MetaValue.Of(sha256)));

    internal static DigestSet Read(MetaValue.Map hashes)
    {
        if (hashes.Fields.Count is 0 or > Most)
        {
            UpdateRejectedException.Throw(RejectionReason.Malformed, $"'hashes' has {hashes.Fields.Count} digests");
        }

        Dictionary<string, string> digests = new(StringComparer.Ordinal);
        foreach ((string algorithm, MetaValue value) in hashes.Fields)
        {
            string digest = value.AsText("hashes");
            if (LengthOf(algorithm) is { } length && (digest.Length != 2 * length || !Hex.IsLower(digest)))
            {
                UpdateRejectedException.Throw(RejectionReason.Malformed, $"'{digest}' is no digest by {algorithm}");
            }

            digests.Add(algorithm, digest);
        }

        return new DigestSet(digests);
    }

    internal MetaValue Describe() => new MetaValue.Map(ByAlgorithm.ToDictionary(pair => pair.Key, pair => MetaValue.Of(pair.Value), StringComparer.Ordinal));

    /// <summary>Same algorithms, same digests.</summary>
    public bool SameAs(DigestSet other) =>
        ByAlgorithm.Count == other.ByAlgorithm.Count && ByAlgorithm.All(pair => other.ByAlgorithm.GetValueOrDefault(pair.Key) == pair.Value);

    internal static int? LengthOf(string algorithm) => algorithm switch
    {
        "sha256" => SHA256.HashSizeInBytes,
        "sha512" => SHA512.HashSizeInBytes,
        _ => null,
    };
}
