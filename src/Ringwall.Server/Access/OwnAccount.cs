using Ringwall.Server.Access.Doors;
using Ringwall.Server.Running;

namespace Ringwall.Server.Access;

/// <summary>What people change of their own account: through the API and through the page alike.</summary>
internal sealed class OwnAccount(Accounts accounts, Credentials credentials, PasswordDoor door, PasskeyStore passkeys, Pending pending, TimeProvider clock)
{
    /// <summary>How long after signing in the ways to sign in may be changed: a browser that was left open is not enough.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(15);

    private const string NewSecond = "second factor";

    public async Task<(string Id, string Token)> NewTokenAsync(string name, int days, HttpContext context)
    {
        Session session = FreshSession(context);
        if (days is < 1 or > 366)
        {
            throw new RequestRefused(ProblemType.BadRequest, "days: 1 to 366");
        }

        return await credentials.NewTokenAsync(session.Person.Id, Text.Label("name", name), TimeSpan.FromDays(days), context.RequestAborted).ConfigureAwait(false);
    }

    public async Task<NewSecondFactor> NewSecondAsync(HttpContext context)
    {
        Session session = FreshSession(context);
        byte[] secret = OneTimeCode.NewSecret();
        string word = await pending.KeepAsync(NewSecond, session.Person.Id, door.Protect(secret), context.RequestAborted).ConfigureAwait(false);
        string spelled = OneTimeCode.Spell(secret);
        return new NewSecondFactor(word, spelled, $"otpauth://totp/Ringwall:{Uri.EscapeDataString(session.Person.Name)}?secret={spelled}&issuer=Ringwall");
    }

    /// <summary>The app shows that it has the secret before anything depends on it.</summary>
    public async Task ConfirmSecondAsync(string word, string code, HttpContext context)
    {
        Session session = FreshSession(context);
        string secret = await pending.TakeAsync(NewSecond, session.Person.Id, word, context.RequestAborted).ConfigureAwait(false)
            ?? throw new RequestRefused(ProblemType.BadRequest, "that secret is too old, or was used; ask for a new one");
        long step = OneTimeCode.Accept(door.Unprotect(secret), code, clock.GetUtcNow(), lastUsed: 0);
        if (step == 0)
        {
            throw new RequestRefused(ProblemType.BadRequest, "code: not the one of this secret and this time; ask for a new secret");
        }

        await accounts.SetSecondAsync(session.Person.Id, secret, step, session, context.RequestAborted).ConfigureAwait(false);
    }

    public async Task SetPasswordAsync(string password, HttpContext context)
    {
        Session session = FreshSession(context);
        if (password.Length is < PasswordDoor.ShortestPassword or > PasswordDoor.LongestPassword || password.Contains(session.Person.Name, StringComparison.OrdinalIgnoreCase))
        {
            throw new RequestRefused(ProblemType.BadRequest, $"password: {PasswordDoor.ShortestPassword} to {PasswordDoor.LongestPassword} characters, without the account's name");
        }

        await accounts.SetPasswordAsync(session.Person.Id, PasswordDoor.Hash(password), session, context.RequestAborted).ConfigureAwait(false);
    }

    public Task<bool> RemovePasskeyAsync(string id, HttpContext context) => passkeys.RemoveAsync(FreshSession(context).Person.Id, id, context.RequestAborted);

    /// <summary>An API token never makes another way in: whoever steals one gets no further than it reaches.</summary>
    public Session FreshSession(HttpContext context) =>
        Session.Of(context) is { } session && clock.GetUtcNow().ToUnixTimeMilliseconds() - session.Created <= Fresh.TotalMilliseconds
            ? session
            : throw new RequestRefused(AccessProblems.SignInAgain, $"this takes a session that is younger than {Fresh.TotalMinutes} minutes");
}
