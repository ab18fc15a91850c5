using System.Security.Claims;

namespace Ringwall.Server.Access;

/// <summary>Who makes a request: an account, with what it may.</summary>
/// <param name="Id">The account's id; audit records name it.</param>
/// <param name="Name">What the person signs in with.</param>
/// <param name="Vendor">The vendor whose releases a <see cref="Role.Vendor"/> publishes; null for everybody else.</param>
public sealed record Person(string Id, string Name, IReadOnlySet<string> Roles, string? Vendor)
{
    public const string IdClaim = "sub";
    public const string NameClaim = "name";
    public const string RoleClaim = "role";
    public const string VendorClaim = "vendor";

    /// <summary>Whether this person may look at all of the fleet, not at one vendor's part alone.</summary>
    public bool Oversees => Roles.Contains(Role.Operator) || Roles.Contains(Role.Approver) || Roles.Contains(Role.Auditor);

    /// <summary>Whether this person may see what belongs to a vendor.</summary>
    public bool MaySee(string vendor) => Oversees || MayPublishFor(vendor);

    public bool MayPublishFor(string vendor) => Roles.Contains(Role.Vendor) && vendor == Vendor;

    /// <exception cref="InvalidOperationException">Nobody is signed in: the endpoint demands no policy of persons.</exception>
    public static Person Of(ClaimsPrincipal principal) => TryOf(principal) ?? throw new InvalidOperationException("Nobody is signed in.");

    public static Person? TryOf(ClaimsPrincipal principal) => principal.FindFirstValue(IdClaim) is not { } id || !principal.Identities.Any(identity => identity.AuthenticationType == Schemes.Person)
        ? null
        : new Person(
            id,
            principal.FindFirstValue(NameClaim) ?? id,
            principal.FindAll(RoleClaim).Select(claim => claim.Value).ToHashSet(StringComparer.Ordinal),
            principal.FindFirstValue(VendorClaim));

    internal ClaimsPrincipal ToPrincipal()
    {
        ClaimsIdentity identity = new(Schemes.Person, NameClaim, RoleClaim);
        identity.AddClaim(new Claim(IdClaim, Id));
        identity.AddClaim(new Claim(NameClaim, Name));
        identity.AddClaims(Roles.Select(role => new Claim(RoleClaim, role)));
        if (Vendor is not null)
        {
            identity.AddClaim(new Claim(VendorClaim, Vendor));
        }

        return new ClaimsPrincipal(identity);
    }
}
