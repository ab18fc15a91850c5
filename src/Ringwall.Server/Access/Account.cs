namespace Ringwall.Server.Access;

/// <summary>One row of access_accounts.</summary>
/// <param name="Roles">Separated by spaces.</param>
/// <param name="Password">What PasswordHasher made of it; null: none is set.</param>
/// <param name="Second">The shared secret of RFC 6238, protected; null: none is set.</param>
/// <param name="SecondStep">The last time step whose code was used; a code counts once.</param>
/// <param name="External">The subject at the identity provider; null: a local account.</param>
internal sealed record Account(string Id, string Name, string Roles, string? Vendor, string? Password, string? Second, long SecondStep, long Disabled, string? External, long Created)
{
    public const string Columns = "id, name, roles, vendor, password, second, second_step, disabled, external, created";

    public string[] RoleList => Roles.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
