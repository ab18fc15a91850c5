namespace Ringwall.Server.Dashboard.Models;

/// <summary>Who may sign in, and with what.</summary>
public sealed record PeopleList
{
    public required IReadOnlyList<Person> People { get; init; }

    public required IReadOnlyList<string> Vendors { get; init; }

    /// <summary>A sign-in link that was just made: it is never shown again.</summary>
    public Link? Made { get; init; }

    public bool MayChange { get; init; }

    public sealed record Person(string Id, string Name, IReadOnlyList<string> Roles, string? Vendor, string SignsIn, bool IsBlocked);

    public sealed record Link(string For, string Address);
}
