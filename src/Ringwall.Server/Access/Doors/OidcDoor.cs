using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Ringwall.Server.Running;

namespace Ringwall.Server.Access.Doors;

/// <summary>
/// Opens with what an OpenID Connect provider says (OpenID Connect Core 1.0, the authorization code flow, with PKCE of RFC 7636). The account is found by issuer
/// and subject alone: names and addresses may change hands. Who comes for the first time gets an account without any role.
/// </summary>
/// <remarks>What is kept between the two requests is taken once, and only by the browser that began: its cookie holds the word, the state is made from it.</remarks>
internal sealed class OidcDoor : IDisposable
{
    public const string Callback = "/sign-in/oidc/callback";

    private const string Kind = "oidc";
    private const string Cookie = "ringwall-oidc";

    // Signatures only: a secret that both sides know signs nothing here, and "none" is no algorithm.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly ServerOptions _options;
    private readonly Accounts _accounts;
    private readonly Pending _pending;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(15), MaxResponseContentBufferSize = 1024 * 1024 };
    private readonly ConfigurationManager<OpenIdConnectConfiguration> _provider;
    private readonly JsonWebTokenHandler _tokens = new() { MapInboundClaims = false };

    public OidcDoor(ServerOptions options, Accounts accounts, Pending pending, TimeProvider clock)
    {
        _options = options;
        _accounts = accounts;
        _pending = pending;
        _clock = clock;
        _provider = new ConfigurationManager<OpenIdConnectConfiguration>(
            options.OidcAuthority!.OriginalString.TrimEnd('/') + "/.well-known/openid-configuration",
            new OpenIdConnectConfigurationRetriever(),
            // On this machine nobody listens in between.
            new HttpDocumentRetriever(_http) { RequireHttps = !options.OidcAuthority.IsLoopback });
    }

    /// <param name="back">Where the person wanted to go; what is no path of this server becomes "/".</param>
    /// <returns>The provider's address that the browser goes to.</returns>
    public async Task<string> BeginAsync(string back, HttpContext context)
    {
        OpenIdConnectConfiguration provider = await ProviderAsync(context.RequestAborted).ConfigureAwait(false);
        Begun begun = new(Secret.New(), Secret.New(), IsLocal(back) ? back : "/");
        string word = await _pending.KeepAsync(Kind, null, JsonSerializer.Serialize(begun), context.RequestAborted).ConfigureAwait(false);
        context.Response.Cookies.Append(Cookie, word, CookieOptions(context));
        return QueryHelpers.AddQueryString(provider.AuthorizationEndpoint, new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = _options.OidcClient,
            ["redirect_uri"] = RedirectUri(context),
            ["scope"] = "openid profile email",
            ["state"] = State(word),
            ["nonce"] = begun.Nonce,
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(begun.Verifier))),
            ["code_challenge_method"] = "S256",
        });
    }

    /// <returns>The account's id, and where the person wanted to go.</returns>
    /// <exception cref="RequestRefused">It does not open, or the provider is away.</exception>
    public async Task<(string Account, string Back)> OpenAsync(string code, string state, HttpContext context)
    {
        CancellationToken stop = context.RequestAborted;
        string word = context.Request.Cookies[Cookie] ?? "";
        context.Response.Cookies.Delete(Cookie, CookieOptions(context));
        if (code.Length == 0 || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(state), Encoding.UTF8.GetBytes(State(word))))
        {
            throw Refused("the answer does not belong to this browser");
        }

        string kept = await _pending.TakeAsync(Kind, null, word, stop).ConfigureAwait(false) ?? throw Refused("it took too long, or was used");
        Begun begun = JsonSerializer.Deserialize<Begun>(kept)!;
        string token = await TokenAsync(code, begun.Verifier, context).ConfigureAwait(false);
        return (await AccountAsync(await ValidateAsync(token, begun.Nonce).ConfigureAwait(false), stop).ConfigureAwait(false), begun.Back);
    }

    public void Dispose() => _http.Dispose();

    private static bool IsLocal(string back) => back is ['/', ..] && back is not ['/', '/' or '\\', ..] && !back.Any(char.IsControl);

    private static string State(string word) => Secret.Digest($"state:{word}");

    private static CookieOptions CookieOptions(HttpContext context) =>
        new() { HttpOnly = true, Secure = context.Request.IsHttps, SameSite = SameSiteMode.Lax, Path = "/sign-in/oidc", MaxAge = TimeSpan.FromMinutes(5) };

    private static RequestRefused Refused(string why) => new(AccessProblems.SignInRefused, why);

    private string RedirectUri(HttpContext context) =>
        (_options.PublicUrl?.GetLeftPart(UriPartial.Authority) ?? $"{context.Request.Scheme}://{context.Request.Host}") + Callback;

    private async Task<OpenIdConnectConfiguration> ProviderAsync(CancellationToken stop)
    {
        try
        {
            return await _provider.GetConfigurationAsync(stop).ConfigureAwait(false);
        }
        catch (Exception away) when (away is InvalidOperationException or IOException or HttpRequestException)
        {
            throw new RequestRefused(AccessProblems.ProviderAway, "its configuration cannot be read");
        }
    }

    private async Task<string> TokenAsync(string code, string verifier, HttpContext context)
    {
        OpenIdConnectConfiguration provider = await ProviderAsync(context.RequestAborted).ConfigureAwait(false);
        Dictionary<string, string> form = new()
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = RedirectUri(context),
            ["client_id"] = _options.OidcClient!,
            ["code_verifier"] = verifier,
        };
        using HttpRequestMessage request = new(HttpMethod.Post, provider.TokenEndpoint);
        bool inHeader = provider.TokenEndpointAuthMethodsSupported.Count == 0 || provider.TokenEndpointAuthMethodsSupported.Contains("client_secret_basic");
        if (_options.OidcSecret is { } secret && inHeader)
        {
            string pair = $"{Uri.EscapeDataString(_options.OidcClient!)}:{Uri.EscapeDataString(secret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        }
        else if (_options.OidcSecret is { } posted)
        {
            form["client_secret"] = posted;
        }

        request.Content = new FormUrlEncodedContent(form);
        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(request, context.RequestAborted).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
            {
                throw Refused("the provider does not accept the code");
            }

            using JsonDocument said = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(context.RequestAborted).ConfigureAwait(false));
            return said.RootElement.GetProperty("id_token").GetString() ?? "";
        }
        catch (Exception away) when (away is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException
            || (away is TaskCanceledException && !context.RequestAborted.IsCancellationRequested))
        {
            throw new RequestRefused(AccessProblems.ProviderAway, "it gives no token");
        }
    }

    private async Task<JsonWebToken> ValidateAsync(string token, string nonce)
    {
        TokenValidationResult result = await _tokens.ValidateTokenAsync(token, new TokenValidationParameters
        {
            // Issuer and keys are the provider's; a key that is not known yet makes it look once more.
            ConfigurationManager = _provider,
            ValidAudience = _options.OidcClient,
            ValidAlgorithms = Algorithms,
            RequireExpirationTime = true,
            LifetimeValidator = (from, until, _, _) =>
            {
                DateTime now = _clock.GetUtcNow().UtcDateTime;
                TimeSpan skew = TimeSpan.FromMinutes(2);
                return until is not null && now < until + skew && (from is null || now > from - skew);
            },
        }).ConfigureAwait(false);
        if (!result.IsValid || result.SecurityToken is not JsonWebToken valid || Claim(valid, "nonce") != nonce || string.IsNullOrEmpty(valid.Subject)
            || (Claim(valid, "azp") is { } party && party != _options.OidcClient))
        {
            throw Refused("the provider's token is not valid here");
        }

        return valid;
    }

    private async Task<string> AccountAsync(JsonWebToken token, CancellationToken stop)
    {
        string external = $"{token.Issuer}#{token.Subject}";
        if (await _accounts.ByExternalAsync(external, stop).ConfigureAwait(false) is { } known)
        {
            return known.Disabled == 0 ? known.Id : throw Refused("the account is disabled");
        }

        string name = Name(Claim(token, "preferred_username") ?? Claim(token, "email") ?? token.Subject);
        if (await _accounts.ByNameAsync(name, stop).ConfigureAwait(false) is not null)
        {
            name = $"{name[..Math.Min(name.Length, 55)]}-{Secret.NewId()[..8]}";
        }

        return await _accounts.CreateAsync("server", name, [], null, external, stop).ConfigureAwait(false);
    }

    private static string Name(string wanted)
    {
        string plain = string.Concat(wanted.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '@' or '-' ? c : '-')).TrimStart('.', '_', '@', '-');
        return plain.Length == 0 ? "person" : plain[..Math.Min(plain.Length, 64)];
    }

    private static string? Claim(JsonWebToken token, string name) => token.TryGetPayloadValue(name, out string value) ? value : null;

    private sealed record Begun(string Verifier, string Nonce, string Back);
}
