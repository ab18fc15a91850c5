using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Ringwall.Server.Access;
using Ringwall.Server.Tests.Grounds;

namespace Ringwall.Server.Tests.Access;

public abstract class OidcTests(Ground ground)
{
    public sealed class OnSqlite(SqliteGround ground) : OidcTests(ground), IClassFixture<SqliteGround>;

    public sealed class OnPostgres(PostgresGround ground) : OidcTests(ground), IClassFixture<PostgresGround>;

    [Fact]
    public async Task Whom_the_provider_names_gets_an_account_without_rights_and_later_the_same_one()
    {
        await using Provider provider = await Provider.StartAsync();
        await using RunningServer server = await StartAsync(provider);
        using HttpClient boss = await server.ClientAsync([Role.Operator]);
        using Browser ada = new(server);
        using HttpResponseMessage came = await RoundAsync(server, ada, provider);
        Assert.Equal(HttpStatusCode.Redirect, came.StatusCode);
        Assert.Equal("/releases?x=1", came.Headers.Location!.OriginalString);
        await (await ada.GetAsync("/api/v1/me")).IsProblemAsync(HttpStatusCode.Forbidden, "ringwall:not-allowed");

        Account account = (await server.Get<Accounts>().ByNameAsync("ada.lovelace@x-y", default))!;
        Assert.Equal($"{provider.Issuer}#subject-1", account.External);
        await (await boss.PutAsJsonAsync($"/api/v1/accounts/{account.Id}", new { roles = (string[])["auditor"] })).IsDoneAsync();
        Assert.Equal("auditor", (await ada.LearnAsync()).GetProperty("roles")[0].GetString());

        // Another name and the same subject: the same account. The same name and another subject: another one.
        provider.Claims["preferred_username"] = "countess";
        using Browser again = new(server);
        (await RoundAsync(server, again, provider)).Dispose();
        Assert.Equal(account.Id, (await again.LearnAsync()).GetProperty("id").GetString());
        provider.Claims["preferred_username"] = "ada.lovelace@x-y";
        provider.Claims["sub"] = "subject-2";
        using Browser other = new(server);
        (await RoundAsync(server, other, provider)).Dispose();
        await (await other.GetAsync("/api/v1/me")).IsProblemAsync(HttpStatusCode.Forbidden, "ringwall:not-allowed");

        await (await boss.PutAsJsonAsync($"/api/v1/accounts/{account.Id}", new { roles = (string[])["auditor"], disabled = true })).IsDoneAsync();
        provider.Claims["sub"] = "subject-1";
        using Browser disabled = new(server);
        await (await RoundAsync(server, disabled, provider)).IsProblemAsync(HttpStatusCode.Unauthorized, "ringwall:sign-in-refused");
    }

    [Fact]
    public async Task A_token_that_is_wrong_in_any_part_opens_nothing()
    {
        await using Provider provider = await Provider.StartAsync();
        await using RunningServer server = await StartAsync(provider);
        foreach ((string what, Action<Provider> spoil) in ((string, Action<Provider>)[])
        [
            ("nonce", p => p.Claims["nonce"] = "another"),
            ("audience", p => p.Audience = "another"),
            ("party", p => p.Claims["azp"] = "another"),
            ("issuer", p => p.Claimed = "http://another.example"),
            ("expired", p => p.Expires = TimeSpan.FromMinutes(-10)),
            ("subject", p => p.Claims["sub"] = ""),
            ("key", p => p.ForeignKey = true),
            ("algorithm", p => p.SharedSecret = true),
            ("unsigned", p => p.Unsigned = true),
        ])
        {
            provider.Reset();
            spoil(provider);
            using Browser browser = new(server);
            using HttpResponseMessage answer = await RoundAsync(server, browser, provider);
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{what}: {answer.StatusCode}");
        }

        // The control: with nothing spoiled it opens.
        provider.Reset();
        using Browser right = new(server);
        Assert.Equal(HttpStatusCode.Redirect, (await RoundAsync(server, right, provider)).StatusCode);
    }

    [Fact]
    public async Task An_answer_counts_once_and_only_for_the_browser_that_began()
    {
        await using Provider provider = await Provider.StartAsync();
        await using RunningServer server = await StartAsync(provider);
        using Browser ada = new(server);
        Dictionary<string, StringValues> asked = await BeginAsync(ada, "/");
        string answer = provider.Answer(asked);
        // Mallory lets the victim follow an answer that mallory's own sign-in got.
        using Browser victim = new(server);
        await (await victim.GetAsync(answer)).IsProblemAsync(HttpStatusCode.Unauthorized, "ringwall:sign-in-refused");
        Assert.Equal(HttpStatusCode.Redirect, (await ada.GetAsync(answer)).StatusCode);
        await (await ada.GetAsync(answer)).IsProblemAsync(HttpStatusCode.Unauthorized, "ringwall:sign-in-refused");
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    public async Task Nobody_is_sent_to_another_site_afterwards(string back)
    {
        await using Provider provider = await Provider.StartAsync();
        await using RunningServer server = await StartAsync(provider);
        using Browser ada = new(server);
        using HttpResponseMessage came = await ada.GetAsync(provider.Answer(await BeginAsync(ada, back)));
        Assert.Equal("/", came.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task While_the_provider_is_away_that_is_said_and_other_ways_in_work()
    {
        Provider provider = await Provider.StartAsync();
        await using RunningServer server = await StartAsync(provider);
        await provider.DisposeAsync();
        await (await server.Http.GetAsync("/sign-in/oidc")).IsProblemAsync(HttpStatusCode.ServiceUnavailable, "ringwall:identity-provider-away");
        using Browser ada = await Browser.SignedInAsync(server, "ada", Role.Auditor);
        Assert.Equal("ada", (await ada.LearnAsync()).GetProperty("name").GetString());
    }

    private async Task<RunningServer> StartAsync(Provider provider) => await RunningServer.StartAsync(
        await ground.NewDatabaseAsync(), with: options => options with { OidcAuthority = new Uri(provider.Issuer), OidcClient = Provider.Client, OidcSecret = Provider.Secret });

    private static async Task<Dictionary<string, StringValues>> BeginAsync(Browser browser, string back)
    {
        using HttpResponseMessage sent = await browser.GetAsync($"/sign-in/oidc?back={Uri.EscapeDataString(back)}");
        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        return QueryHelpers.ParseQuery(sent.Headers.Location!.Query);
    }

    private static async Task<HttpResponseMessage> RoundAsync(RunningServer server, Browser browser, Provider provider)
    {
        provider.Now = server.Clock.GetUtcNow();
        return await browser.GetAsync(provider.Answer(await BeginAsync(browser, "/releases?x=1")));
    }

    /// <summary>An identity provider that can be made to lie.</summary>
    private sealed class Provider : IAsyncDisposable
    {
        public const string Client = "ringwall";
        public const string Secret = "a secret: with signs";

        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        private readonly Dictionary<string, (string Challenge, string Nonce)> _codes = [];
        private WebApplication _app = null!;

        public Dictionary<string, string> Claims { get; } = [];

        public string Issuer { get; private set; } = "";

        public string Claimed { get; set; } = "";

        public string Audience { get; set; } = Client;

        public TimeSpan Expires { get; set; }

        public bool ForeignKey { get; set; }

        public bool SharedSecret { get; set; }

        public bool Unsigned { get; set; }

        public DateTimeOffset Now { get; set; } = new ManualClock().GetUtcNow();

        public static async Task<Provider> StartAsync()
        {
            Provider provider = new();
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            provider._app = builder.Build();
            provider._app.MapGet("/.well-known/openid-configuration", () => new
            {
                issuer = provider.Issuer,
                authorization_endpoint = $"{provider.Issuer}/authorize",
                token_endpoint = $"{provider.Issuer}/token",
                jwks_uri = $"{provider.Issuer}/keys",
            });
            provider._app.MapGet("/keys", () => new { keys = (object[])[provider.PublicKey()] });
            provider._app.MapPost("/token", provider.TokenAsync);
            await provider._app.StartAsync();
            provider.Issuer = provider._app.Urls.First();
            provider.Reset();
            return provider;
        }

        public void Reset()
        {
            Claims.Clear();
            Claims["sub"] = "subject-1";
            Claims["preferred_username"] = "Ada.Lovelace@x y";
            Claimed = Issuer;
            Audience = Client;
            Expires = TimeSpan.FromMinutes(5);
            ForeignKey = SharedSecret = Unsigned = false;
        }

        /// <summary>Where the person's browser comes back with, after signing in here.</summary>
        public string Answer(Dictionary<string, StringValues> asked)
        {
            Assert.Equal("S256", asked["code_challenge_method"]);
            string code = Guid.NewGuid().ToString();
            _codes[code] = (asked["code_challenge"].ToString(), asked["nonce"].ToString());
            return $"{new Uri(asked["redirect_uri"].ToString()).AbsolutePath}?code={code}&state={asked["state"]}";
        }

        public async ValueTask DisposeAsync()
        {
            await _app.DisposeAsync();
            _key.Dispose();
        }

        private async Task<IResult> TokenAsync(HttpRequest request)
        {
            IFormCollection form = await request.ReadFormAsync();
            string pair = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(request.Headers.Authorization.ToString()["Basic ".Length..]));
            bool known = _codes.Remove(form["code"].ToString(), out (string Challenge, string Nonce) begun);
            string challenge = WebEncoders.Base64UrlEncode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
            if (!known || challenge != begun.Challenge || pair != $"{Client}:{Uri.EscapeDataString(Secret)}")
            {
                return Results.BadRequest();
            }

            Dictionary<string, object> claims = Claims.ToDictionary(claim => claim.Key, claim => (object)claim.Value);
            claims.TryAdd("nonce", begun.Nonce);
            return Results.Json(new { id_token = Token(claims), token_type = "Bearer" });
        }

        private string Token(Dictionary<string, object> claims)
        {
            using ECDsa foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            SigningCredentials? signing = Unsigned ? null
                : SharedSecret ? new SigningCredentials(new SymmetricSecurityKey(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Secret))) { KeyId = "1" }, SecurityAlgorithms.HmacSha256)
                : new SigningCredentials(new ECDsaSecurityKey(ForeignKey ? foreign : _key) { KeyId = "1" }, SecurityAlgorithms.EcdsaSha256) { CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } };
            DateTime now = Now.UtcDateTime;
            return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
            {
                Issuer = Claimed,
                Audience = Audience,
                Claims = claims,
                IssuedAt = now.AddHours(-1),
                Expires = now + Expires,
                SigningCredentials = signing,
            });
        }

        private object PublicKey()
        {
            ECParameters key = _key.ExportParameters(includePrivateParameters: false);
            return new { kty = "EC", crv = "P-256", kid = "1", alg = "ES256", use = "sig", x = WebEncoders.Base64UrlEncode(key.Q.X!), y = WebEncoders.Base64UrlEncode(key.Q.Y!) };
        }
    }
}
