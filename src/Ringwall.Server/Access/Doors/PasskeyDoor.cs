using Microsoft.AspNetCore.Identity;
using Ringwall.Server.Running;

namespace Ringwall.Server.Access.Doors;

/// <summary>
/// Opens with a passkey (WebAuthn level 3), which is two factors in itself: the device, and what the person shows to it. The framework checks everything that
/// the specification says; challenges are kept in the database between the two requests, so the second may reach another replica.
/// </summary>
internal sealed class PasskeyDoor(IPasskeyHandler<PasskeyOwner> handler, PasskeyStore store, Pending pending)
{
    private const string ToOpen = "passkey";
    private const string ToAdd = "new passkey";

    public static void Configure(IdentityPasskeyOptions options, Uri? publicUrl)
    {
        options.ServerDomain = publicUrl?.Host;
        options.UserVerificationRequirement = "required";
        options.ResidentKeyRequirement = "required";
        options.AttestationConveyancePreference = "none";
        options.AuthenticatorTimeout = TimeSpan.FromMinutes(4);
        options.ValidateOrigin = asked => ValueTask.FromResult(!asked.CrossOrigin && string.IsNullOrEmpty(asked.TopOrigin) && asked.Origin == Origin(asked.HttpContext.Request, publicUrl));
    }

    /// <returns>What the browser's navigator.credentials.get wants, and the word that goes with its answer.</returns>
    public async Task<PasskeyChallenge> ChallengeAsync(HttpContext context)
    {
        PasskeyRequestOptionsResult made = await handler.MakeRequestOptionsAsync(null, context).ConfigureAwait(false);
        return new PasskeyChallenge(made.RequestOptionsJson, await pending.KeepAsync(ToOpen, null, made.AssertionState ?? "", context.RequestAborted).ConfigureAwait(false));
    }

    /// <returns>The account's id.</returns>
    public async Task<string> OpenAsync(string word, string credential, HttpContext context)
    {
        string state = await pending.TakeAsync(ToOpen, null, word, context.RequestAborted).ConfigureAwait(false) ?? throw Refused();
        PasskeyAssertionResult<PasskeyOwner> result = await handler.PerformAssertionAsync(
            new PasskeyAssertionContext { HttpContext = context, CredentialJson = credential, AssertionState = state }).ConfigureAwait(false);
        return result.Succeeded && await store.CountAsync(result.Passkey, context.RequestAborted).ConfigureAwait(false) ? result.User.Id : throw Refused();
    }

    public async Task<PasskeyChallenge> ChallengeToAddAsync(Person person, HttpContext context)
    {
        PasskeyUserEntity entity = new() { Id = person.Id, Name = person.Name, DisplayName = person.Name };
        PasskeyCreationOptionsResult made = await handler.MakeCreationOptionsAsync(entity, context).ConfigureAwait(false);
        return new PasskeyChallenge(made.CreationOptionsJson, await pending.KeepAsync(ToAdd, person.Id, made.AttestationState ?? "", context.RequestAborted).ConfigureAwait(false));
    }

    public async Task AddAsync(Person person, string name, string word, string credential, HttpContext context)
    {
        string state = await pending.TakeAsync(ToAdd, person.Id, word, context.RequestAborted).ConfigureAwait(false)
            ?? throw new RequestRefused(ProblemType.BadRequest, "the challenge is too old, or was used");
        PasskeyAttestationResult result = await handler.PerformAttestationAsync(
            new PasskeyAttestationContext { HttpContext = context, CredentialJson = credential, AttestationState = state }).ConfigureAwait(false);
        if (!result.Succeeded || result.UserEntity.Id != person.Id)
        {
            throw new RequestRefused(ProblemType.BadRequest, result.Failure?.Message ?? "the passkey is another account's");
        }

        await store.AddAsync(person.Id, name, result.Passkey, context.RequestAborted).ConfigureAwait(false);
    }

    private static string Origin(HttpRequest request, Uri? publicUrl) => publicUrl?.GetLeftPart(UriPartial.Authority) ?? $"{request.Scheme}://{request.Host}";

    private static RequestRefused Refused() => new(AccessProblems.SignInRefused, "");
}
