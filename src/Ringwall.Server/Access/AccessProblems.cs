using Ringwall.Server.Running;

namespace Ringwall.Server.Access;

internal static class AccessProblems
{
    /// <summary>One answer for a wrong name, password, code, passkey or link: which of them was wrong helps only a guesser.</summary>
    public static readonly ProblemType SignInRefused = new("ringwall:sign-in-refused", 401, "That does not sign in");

    public static readonly ProblemType ProviderAway = new("ringwall:identity-provider-away", 503, "The identity provider does not answer as it should");

    public static readonly ProblemType SignInAgain = new("ringwall:sign-in-again", 403, "Sign in again first: this changes how the account is opened");

    public static readonly ProblemType LastOperator = new("ringwall:last-operator", 409, "It is the last operator that can sign in");

    public static readonly ProblemType NameTaken = new("ringwall:name-taken", 409, "There is an account of that name");
}
