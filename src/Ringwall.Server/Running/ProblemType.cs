namespace Ringwall.Server.Running;

/// <summary>
/// One kind of refusal in the API. The name never changes its meaning: clients match on it, and on nothing else. docs/server.md lists all of them, and a test
/// compares the list with the static fields of this type.
/// </summary>
/// <param name="Name">"ringwall:some-name", the type of RFC 9457.</param>
/// <param name="Status">The HTTP status that goes with it.</param>
/// <param name="Title">The same in every occurrence; the detail says what this one is about.</param>
public sealed record ProblemType(string Name, int Status, string Title)
{
    public static readonly ProblemType BadRequest = new("ringwall:bad-request", 400, "The request cannot be read");
    public static readonly ProblemType NotSignedIn = new("ringwall:not-signed-in", 401, "Nobody is signed in");
    public static readonly ProblemType NotAllowed = new("ringwall:not-allowed", 403, "This account may not do that");
    public static readonly ProblemType CrossSite = new("ringwall:cross-site", 403, "The change did not come from a page of this server");
    public static readonly ProblemType NotFound = new("ringwall:not-found", 404, "There is no such thing");
    public static readonly ProblemType Conflict = new("ringwall:conflict", 409, "It is not in a state in which that can be done");
    public static readonly ProblemType UpdateRejected = new("ringwall:update-rejected", 422, "Devices would refuse it");
    public static readonly ProblemType OnlineKeysMissing = new("ringwall:online-keys-missing", 409, "This server has not the keys that it would have to sign with");
    public static readonly ProblemType RolloutState = new("ringwall:rollout-state", 409, "The rollout is not in a state in which that can be done");
    public static readonly ProblemType SamePerson = new("ringwall:same-person", 409, "Another person must do that");
    public static readonly ProblemType TooLarge = new("ringwall:too-large", 413, "The request is too large");
    public static readonly ProblemType TooMany = new("ringwall:too-many", 429, "Too many requests; try again later");
    public static readonly ProblemType Broken = new("ringwall:broken", 500, "The server failed; its log says why");
    public static readonly ProblemType DatabaseAway = new("ringwall:database-away", 503, "The database cannot be used now; try again later");
}
