namespace Ringwall.Trust;

/// <summary>
/// A release that a vendor says is its own and the operator says may be installed. Neither alone makes one.
/// </summary>
/// <param name="Path">Whose it is and what it replaces.</param>
/// <param name="File">Its length and digests; both say the same.</param>
/// <param name="SignedBy">The role that spoke for the vendor.</param>
/// <param name="Vendor">What the vendor says of it.</param>
/// <param name="Operator">What the operator says of it.</param>
public sealed record AgreedRelease(ReleasePath Path, TargetFile File, string SignedBy, VendorStatement Vendor, OperatorOrder Operator)
{
    /// <summary>The releases that the operator offers to anybody, by path, in no order. Whether a vendor agrees is another question.</summary>
    /// <param name="director">The operator's repository, freshly refreshed.</param>
    /// <exception cref="UpdateRejectedException">It delegates: nobody but the operator may say who installs what.</exception>
    /// <exception cref="InvalidOperationException">Its last refresh did not succeed.</exception>
    public static IReadOnlyCollection<string> Offered(TrustedRepository director) => [.. OperatorTargets(director).Targets.Keys];

    /// <summary>Whether the operator takes a release back. No vendor has a say in that, and nothing else that the operator says of it has to be in order.</summary>
    /// <param name="director">The operator's repository, freshly refreshed.</param>
    /// <param name="path">The release.</param>
    /// <exception cref="UpdateRejectedException">It delegates, or what it says is neither yes nor no.</exception>
    /// <exception cref="InvalidOperationException">Its last refresh did not succeed.</exception>
    public static bool IsWithdrawn(TrustedRepository director, string path) =>
        OperatorTargets(director).Targets.TryGetValue(path, out TargetFile? ordered) && (ordered.Custom?.FlagOr("withdrawn", otherwise: false) ?? false);

    /// <summary>What both say of one release.</summary>
    /// <param name="director">The operator's repository, freshly refreshed.</param>
    /// <param name="vendors">A search for <paramref name="path"/> in the vendors' repository, its steps carried out.</param>
    /// <param name="path">The release.</param>
    /// <exception cref="UpdateRejectedException">They do not agree, or one of them does not speak of it.</exception>
    /// <exception cref="InvalidOperationException">The last refresh, or the search, did not succeed.</exception>
    public static AgreedRelease Agree(TrustedRepository director, TargetSearch vendors, string path)
    {
        ReleasePath release = ReleasePath.Read(path);
        if (!OperatorTargets(director).Targets.TryGetValue(path, out TargetFile? ordered))
        {
            throw new UpdateRejectedException(RejectionReason.NoSuchTarget, $"the operator does not offer {path}");
        }

        TargetFile stated = vendors.Found;
        if (stated.Path != path)
        {
            throw new ArgumentException($"The search was for {stated.Path}, not for {path}.", nameof(vendors));
        }

        if (stated.Length != ordered.Length || !stated.Digests.SameAs(ordered.Digests))
        {
            UpdateRejectedException.Throw(RejectionReason.Disagreement, $"vendor and operator describe {path} differently");
        }

        if (!stated.Digests.CanBeChecked)
        {
            UpdateRejectedException.Throw(RejectionReason.NoKnownDigest, $"{path} has no digest that is understood");
        }

        MetaValue.Map statement = stated.Custom ?? throw new UpdateRejectedException(RejectionReason.Malformed, $"the vendor says nothing of {path}");
        MetaValue.Map order = ordered.Custom ?? throw new UpdateRejectedException(RejectionReason.Malformed, $"the operator does not say who may install {path}");
        AgreedRelease agreed = new(release, stated, vendors.Role!, VendorStatement.Read(statement), OperatorOrder.Read(order));

        // Which devices it is for: a way back from a release that somebody offers to all is another release than the one that the other signed.
        return agreed.Vendor.WayBackFrom == agreed.Operator.WayBackFrom
            ? agreed
            : throw new UpdateRejectedException(RejectionReason.Disagreement, $"vendor and operator say differently what {path} leads back from");
    }

    // A delegation would let somebody else decide, with keys that the operator's root does not name.
    private static TargetsMetadata OperatorTargets(TrustedRepository director)
    {
        TargetsMetadata targets = director.FreshTargets;
        if (targets.Delegations.Count > 0)
        {
            UpdateRejectedException.Throw(RejectionReason.DelegationRefused, "the operator's repository delegates, which it may not");
        }

        return targets;
    }
}
