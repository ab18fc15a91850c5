namespace Ringwall.Server.Access;

/// <summary>What an account may be. The lower-case names are those in the database, in claims and in the API.</summary>
public static class Role
{
    /// <summary>Runs the fleet: accounts, rings, rollouts.</summary>
    public const string Operator = "operator";

    /// <summary>Lets urgent releases out, as one of two.</summary>
    public const string Approver = "approver";

    /// <summary>Publishes the releases of one vendor, and sees those alone.</summary>
    public const string Vendor = "vendor";

    /// <summary>Reads everything, changes nothing.</summary>
    public const string Auditor = "auditor";

    public static IReadOnlyList<string> All { get; } = [Operator, Approver, Vendor, Auditor];
}
