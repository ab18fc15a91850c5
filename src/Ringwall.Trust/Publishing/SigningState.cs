namespace Ringwall.Trust;

/// <summary>How far a file is that several people sign one after another.</summary>
/// <param name="Who">Whose keys are asked for, in words.</param>
/// <param name="Threshold">How many must sign.</param>
/// <param name="SignedBy">The keys whose signatures are right.</param>
/// <param name="Missing">The other keys that may sign.</param>
public sealed record SigningState(string Who, int Threshold, IReadOnlyList<PublicKey> SignedBy, IReadOnlyList<PublicKey> Missing)
{
    public bool IsEnough => SignedBy.Count >= Threshold;

    /// <summary>A root must be signed by a threshold of the root before it and by one of its own: two states, or one for the first root.</summary>
    /// <exception cref="UpdateRejectedException">It is no root.</exception>
    public static IReadOnlyList<SigningState> OfRoot(RootMetadata? before, byte[] file)
    {
        RootMetadata draft = RootMetadata.ReadDraft(file);
        SigningState own = Of("the keys of this root", draft.Roles[RoleName.Root], draft.Keys, file);
        return before is null ? [own] : [Of("the keys of the root before it", before.Roles[RoleName.Root], before.Keys, file), own];
    }

    /// <exception cref="UpdateRejectedException">It is no metadata file.</exception>
    public static SigningState Of(string who, RoleKeys keys, IReadOnlyDictionary<string, PublicKey> table, byte[] file)
    {
        IReadOnlyList<PublicKey> signed = keys.WhoSigned(table, SignedFile.Read(file));
        PublicKey[] missing = [.. keys.KeyIds.Select(table.GetValueOrDefault).OfType<PublicKey>().Where(key => signed.All(other => other.Material != key.Material))];
        return new SigningState(who, keys.Threshold, signed, missing);
    }
}
