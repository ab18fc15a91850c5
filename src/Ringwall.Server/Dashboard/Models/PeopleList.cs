namespace Ringwall.Server.Dashboard.Models;

/// <summary>Who may sign in, and with what.</summary>
public sealed record PeopleList
{
    public required IReadOnlyList<Person> People { get; init; }

    /// <summary>API tokens of whoever looks.</summary>
    public required IReadOnlyList<Token> Tokens { get; init; }

    public required IReadOnlyList<string> Vendors { get; init; }

    /// <summary>Something that is shown once: a sign-in link or a token.</summary>
    public Secret? Once { get; init; }

    public bool MayChange { get; init; }

    public sealed record Person(string Id, string Name, IReadOnlyList<string> Roles, string? Vendor, string SignsIn, bool IsBlocked);

    public sealed record Token(string Id, string Name, DateTimeOffset Made, DateTimeOffset? LastUsed);

    public sealed record Secret(string Title, string Says, string Text);
}
