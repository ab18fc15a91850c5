namespace Ringwall.Trust;

/// <summary>Reads the keys that root and delegations list.</summary>
internal static class KeyTable
{
    private const int MostKeys = 4096;

    public static IReadOnlyDictionary<string, PublicKey> Read(MetaValue.Map keys)
    {
        if (keys.Fields.Count > MostKeys)
        {
            UpdateRejectedException.Throw(RejectionReason.Malformed, $"more than {MostKeys} keys");
        }

        Dictionary<string, PublicKey> table = new(StringComparer.Ordinal);
        foreach ((string id, MetaValue value) in keys.Fields)
        {
            PublicKey key = PublicKey.Read(value.AsMap("keys"));

            // Specification 4.3: clients must calculate it. Else two files could mean two keys by one identifier.
            if (key.Id != id)
            {
                UpdateRejectedException.Throw(RejectionReason.KeyIdMismatch, $"a key with the identifier {key.Id} stands under {id}");
            }

            table.Add(id, key);
        }

        return table;
    }
}
