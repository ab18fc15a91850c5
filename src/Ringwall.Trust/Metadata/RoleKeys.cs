namespace Ringwall.Trust;

/// <summary>Who may sign for a role, and how many of them must.</summary>
/// <param name="KeyIds">No identifier twice.</param>
/// <param name="Threshold">One or more; it may be more than there are keys, and is then never reached.</param>
public sealed record RoleKeys(IReadOnlyList<string> KeyIds, int Threshold)
{
    private const int MostKeys = 128;

    internal static RoleKeys Read(MetaValue.Map role)
    {
        HashSet<string> keyIds = new(StringComparer.Ordinal);
        foreach (MetaValue item in role.List("keyids", MostKeys))
        {
            if (!keyIds.Add(item.AsText("keyids", 128)))
            {
                UpdateRejectedException.Throw(RejectionReason.Malformed, "'keyids' has an identifier twice");
            }
        }

        return new RoleKeys([.. keyIds], (int)role.Number("threshold", 1, int.MaxValue));
    }

    /// <summary>
    /// Believes the file only if a threshold of distinct keys has signed it. A key counts once, under however many identifiers it is listed; a signature that is wrong
    /// does not count, and does no harm beside enough that are right.
    /// </summary>
    /// <exception cref="UpdateRejectedException">Too few have signed.</exception>
    public void Require(IReadOnlyDictionary<string, PublicKey> keys, SignedFile file, string role)
    {
        int signed = WhoSigned(keys, file).Count;
        if (signed < Threshold)
        {
            UpdateRejectedException.Throw(RejectionReason.TooFewSignatures, $"{role} is signed by {signed} of the {Threshold} keys that it needs");
        }
    }

    /// <summary>The keys whose signatures are right, each once.</summary>
    public IReadOnlyList<PublicKey> WhoSigned(IReadOnlyDictionary<string, PublicKey> keys, SignedFile file)
    {
        List<PublicKey> signed = [];
        foreach (string keyId in KeyIds)
        {
            if (keys.TryGetValue(keyId, out PublicKey? key) && signed.All(other => other.Material != key.Material)
                && file.Signatures.TryGetValue(keyId, out string? hex) && Hex.TryRead(hex, out byte[] signature) && key.Verifies(file.Message, signature))
            {
                signed.Add(key);
            }
        }

        return signed;
    }
}
