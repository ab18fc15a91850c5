using System.Net;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Ringwall.Server.Running;

namespace Ringwall.Server.Access.Doors;

/// <summary>Opens with name, password and code, all three at once: nobody learns which of them was wrong. A password without a second factor opens nothing.</summary>
internal sealed class PasswordDoor(Accounts accounts, Guesses guesses, IDataProtectionProvider protection, TimeProvider clock) : IDisposable
{
    public const int ShortestPassword = 12;
    public const int LongestPassword = 128;

    // OWASP, Password Storage Cheat Sheet: PBKDF2-HMAC-SHA-512 with 210,000 rounds.
    private static readonly PasswordHasher<string> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }));

    // What a name without an account is compared with, so that it takes as long.
    private static readonly string Nobody = Hasher.HashPassword("", Secret.New());

    private readonly IDataProtector _protector = protection.CreateProtector("ringwall.second-factor");

    // A digest takes a tenth of a second of one core: the rest of the server keeps the others.
    private readonly SemaphoreSlim _atOnce = new(2, 2);

    public static string Hash(string password) => Hasher.HashPassword("", password);

    public string Protect(byte[] secret) => Convert.ToBase64String(_protector.Protect(secret));

    public byte[] Unprotect(string secret) => _protector.Unprotect(Convert.FromBase64String(secret));

    /// <returns>The account's id.</returns>
    /// <exception cref="RequestRefused">It does not open, or not yet.</exception>
    public async Task<string> OpenAsync(string name, string password, string code, IPAddress? address, CancellationToken stop)
    {
        await guesses.ChargeAsync(name, address, stop).ConfigureAwait(false);
        Account? account = await accounts.ByNameAsync(name, stop).ConfigureAwait(false);
        bool known = account is { Disabled: 0, Password: not null, Second: not null };
        bool right = await VerifyAsync(known ? account!.Password! : Nobody, password.Length <= LongestPassword ? password : "", stop).ConfigureAwait(false);
        long step = known ? OneTimeCode.Accept(Unprotect(account!.Second!), code, clock.GetUtcNow(), account.SecondStep) : 0;
        if (!known || !right || step == 0 || !await accounts.UseStepAsync(account!.Id, step, stop).ConfigureAwait(false))
        {
            throw new RequestRefused(AccessProblems.SignInRefused, "");
        }

        await guesses.GiveBackAsync(name, address, stop).ConfigureAwait(false);
        return account.Id;
    }

    public void Dispose() => _atOnce.Dispose();

    private async Task<bool> VerifyAsync(string hash, string password, CancellationToken stop)
    {
        await _atOnce.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Hasher.VerifyHashedPassword("", hash, password) != PasswordVerificationResult.Failed, stop).ConfigureAwait(false);
        }
        finally
        {
            _atOnce.Release();
        }
    }
}
