using System.Net;
using System.Text.Json;
using Ringwall.Server.Access;
using Ringwall.Server.Access.Doors;
using Ringwall.Server.Tests.Grounds;

namespace Ringwall.Server.Tests.Access;

public abstract class SignInTests(Ground ground)
{
    private const string Password = "a long enough password";

    public sealed class OnSqlite(SqliteGround ground) : SignInTests(ground), IClassFixture<SqliteGround>;

    public sealed class OnPostgres(PostgresGround ground) : SignInTests(ground), IClassFixture<PostgresGround>;

    [Fact]
    public async Task A_link_signs_in_once_and_not_after_its_time()
    {
        await using RunningServer server = await StartAsync();
        string id = await server.Get<Accounts>().CreateAsync("server", "ada", [Role.Operator], null, default);
        string link = await server.Get<LinkDoor>().NewAsync("server", id, default);
        using (Browser ada = new(server))
        {
            Assert.Equal(HttpStatusCode.Redirect, (await ada.GetAsync(link)).StatusCode);
            Assert.Equal("ada", (await ada.LearnAsync()).GetProperty("name").GetString());
        }

        await (await server.Http.GetAsync(link)).IsProblemAsync(HttpStatusCode.Unauthorized, "ringwall:sign-in-refused");
        string late = await server.Get<LinkDoor>().NewAsync("server", id, default);
        server.Clock.Advance(LinkDoor.Lasts + TimeSpan.FromSeconds(1));
        await (await server.Http.GetAsync(late)).IsProblemAsync(HttpStatusCode.Unauthorized, "ringwall:sign-in-refused");
    }

    [Fact]
    public async Task A_link_makes_nobody_somebody_else_who_is_signed_in()
    {
        await using RunningServer server = await StartAsync();
        using Browser ada = await Browser.SignedInAsync(server, "ada", Role.Operator);
        string other = await server.Get<Accounts>().CreateAsync("server", "mallory", [Role.Auditor], null, default);
        string link = await server.Get<LinkDoor>().NewAsync("server", other, default);
        Assert.Equal(HttpStatusCode.Redirect, (await ada.GetAsync(link)).StatusCode);
        Assert.Equal("ada", (await ada.LearnAsync()).GetProperty("name").GetString());
        using Browser mallory = new(server);
        Assert.Equal(HttpStatusCode.Redirect, (await mallory.GetAsync(link)).StatusCode);
    }

    [Fact]
    public async Task Name_password_and_code_sign_in_together_and_a_code_once()
    {
        await using RunningServer server = await StartAsync();
        byte[] secret = await WithPasswordAsync(server, "ada");
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        string code = OneTimeCode.At(secret, OneTimeCode.StepAt(server.Clock.GetUtcNow()));
        using Browser ada = new(server);
        await (await ada.PostAsync("/api/v1/sign-in/password", new { name = "ada", password = "a wrong but long password", code })).IsProblemAsync(HttpStatusCode.Unauthorized, "ringwall:sign-in-refused");
        await (await ada.PostAsync("/api/v1/sign-in/password", new { name = "ada", password = Password, code = "000000" })).IsProblemAsync(HttpStatusCode.Unauthorized, "ringwall:sign-in-refused");
        await (await ada.PostAsync("/api/v1/sign-in/password", new { name = "bob", password = Password, code })).IsProblemAsync(HttpStatusCode.Unauthorized, "ringwall:sign-in-refused");
        await (await ada.PostAsync("/api/v1/sign-in/password", new { name = "ada", password = Password, code })).IsDoneAsync();
        Assert.True((await ada.LearnAsync()).GetProperty("hasSecondFactor").GetBoolean());
        await (await server.Http.PostAsync("/api/v1/sign-in/password", Json(new { name = "ada", password = Password, code }))).IsProblemAsync(HttpStatusCode.Unauthorized, "ringwall:sign-in-refused");
    }

    [Fact]
    public async Task A_password_without_a_second_factor_opens_nothing()
    {
        await using RunningServer server = await StartAsync();
        using Browser ada = await Browser.SignedInAsync(server, "ada", Role.Operator);
        await (await ada.PostAsync("/api/v1/me/password", new { password = Password })).IsDoneAsync();
        await (await server.Http.PostAsync("/api/v1/sign-in/password", Json(new { name = "ada", password = Password, code = "" }))).IsProblemAsync(HttpStatusCode.Unauthorized, "ringwall:sign-in-refused");
    }

    [Fact]
    public async Task Guessing_gets_slower_whether_or_not_the_name_exists_and_a_right_guess_ends_that()
    {
        await using RunningServer server = await StartAsync();
        byte[] secret = await WithPasswordAsync(server, "ada");
        foreach (string name in (string[])["ada", "nobody"])
        {
            for (int i = 0; i < Guesses.FreePerName; i++)
            {
                await (await GuessAsync(server, name, "a wrong but long password", "000000")).IsProblemAsync(HttpStatusCode.Unauthorized, "ringwall:sign-in-refused");
            }

            using HttpResponseMessage locked = await GuessAsync(server, name, "a wrong but long password", "000000");
            await locked.IsProblemAsync(HttpStatusCode.TooManyRequests, "ringwall:too-many");
            Assert.Equal(30, locked.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        }

        // Now even what is right is not looked at; after the wait one more try is, and the next wait is twice as long.
        await (await GuessAsync(server, "ada", Password, Code())).IsProblemAsync(HttpStatusCode.TooManyRequests, "ringwall:too-many");
        server.Clock.Advance(TimeSpan.FromSeconds(31));
        await (await GuessAsync(server, "ada", "a wrong but long password", "000000")).IsProblemAsync(HttpStatusCode.Unauthorized, "ringwall:sign-in-refused");
        using HttpResponseMessage longer = await GuessAsync(server, "ada", Password, Code());
        Assert.Equal(60, longer.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        server.Clock.Advance(TimeSpan.FromSeconds(61));
        await (await GuessAsync(server, "ada", Password, Code())).IsDoneAsync();
        await (await GuessAsync(server, "ada", "a wrong but long password", "000000")).IsProblemAsync(HttpStatusCode.Unauthorized, "ringwall:sign-in-refused");

        string Code() => OneTimeCode.At(secret, OneTimeCode.StepAt(server.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task Guesses_at_the_same_moment_gain_nothing()
    {
        await using RunningServer server = await StartAsync();
        HttpStatusCode[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using HttpResponseMessage answer = await GuessAsync(server, "ada", "a wrong but long password", "000000");
            return answer.StatusCode;
        }));
        Assert.Equal(Guesses.FreePerName, answers.Count(answer => answer == HttpStatusCode.Unauthorized));
        Assert.Equal(20 - Guesses.FreePerName, answers.Count(answer => answer == HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task One_address_may_not_flood_the_doors()
    {
        await using RunningServer server = await StartAsync();
        int refused = 0;
        for (int i = 0; i <= RateLimits.PerMinute; i++)
        {
            using HttpResponseMessage answer = await server.Http.PostAsync("/api/v1/sign-in/link", Json(new { token = "x" }));
            refused += answer.StatusCode == HttpStatusCode.TooManyRequests ? 1 : 0;
        }

        Assert.Equal(1, refused);
    }

    [Fact]
    public async Task A_passkey_signs_in_and_a_copy_of_an_answer_does_not()
    {
        await using RunningServer server = await StartAsync();
        using Authenticator key = new($"http://{server.Address.Authority}", server.Address.Host);
        using (Browser ada = await Browser.SignedInAsync(server, "ada", Role.Operator))
        {
            JsonElement wanted = await (await ada.PostAsync("/api/v1/me/passkeys/options", new { })).JsonAsync();
            object made = new { name = "my key", pending = wanted.GetProperty("pending").GetString(), credential = key.Create(wanted.GetProperty("options").GetString()!) };
            await (await ada.PostAsync("/api/v1/me/passkeys", made)).IsDoneAsync();
            // The challenge was taken.
            await (await ada.PostAsync("/api/v1/me/passkeys", made)).IsProblemAsync(HttpStatusCode.BadRequest, "ringwall:bad-request");
        }

        using Browser again = new(server);
        JsonElement asked = await (await again.PostAsync("/api/v1/sign-in/passkey/options", new { })).JsonAsync();
        object answer = new { pending = asked.GetProperty("pending").GetString(), credential = key.Get(asked.GetProperty("options").GetString()!) };
        await (await again.PostAsync("/api/v1/sign-in/passkey", answer)).IsDoneAsync();
        JsonElement me = await again.LearnAsync();
        Assert.Equal("ada", me.GetProperty("name").GetString());
        await (await server.Http.PostAsync("/api/v1/sign-in/passkey", Json(answer))).IsProblemAsync(HttpStatusCode.Unauthorized, "ringwall:sign-in-refused");

        // Removed, it opens nothing.
        string id = me.GetProperty("passkeys")[0].GetProperty("id").GetString()!;
        await (await again.SendAsync(HttpMethod.Delete, $"/api/v1/me/passkeys/{id}")).IsDoneAsync();
        await RefusesAsync(server, key.Get);
    }

    [Fact]
    public async Task A_passkey_for_another_site_of_another_key_or_with_an_old_count_is_refused()
    {
        await using RunningServer server = await StartAsync();
        string origin = $"http://{server.Address.Authority}";
        using Authenticator key = new(origin, server.Address.Host);
        using (Browser ada = await Browser.SignedInAsync(server, "ada", Role.Operator))
        {
            JsonElement wanted = await (await ada.PostAsync("/api/v1/me/passkeys/options", new { })).JsonAsync();
            await (await ada.PostAsync("/api/v1/me/passkeys", new { name = "k", pending = wanted.GetProperty("pending").GetString(), credential = key.Create(wanted.GetProperty("options").GetString()!) })).IsDoneAsync();
        }

        await RefusesAsync(server, options => key.With(origin: "http://elsewhere.example").Get(options));
        await RefusesAsync(server, options => key.With(forgeSignature: true).Get(options));
        await RefusesAsync(server, options => key.With(userVerified: false).Get(options));
        await RefusesAsync(server, options => key.With(userHandle: "ffffffffffffffff").Get(options));
        await RefusesAsync(server, options => key.With(count: 1).Get(options));
        // The control: untouched, the same key is let in.
        JsonElement asked = await (await server.Http.PostAsync("/api/v1/sign-in/passkey/options", Json(new { }))).JsonAsync();
        await (await server.Http.PostAsync("/api/v1/sign-in/passkey", Json(new { pending = asked.GetProperty("pending").GetString(), credential = key.Get(asked.GetProperty("options").GetString()!) }))).IsDoneAsync();
    }

    [Fact]
    public async Task A_session_ends_when_it_is_idle_when_it_is_old_and_when_it_is_ended_on_any_replica()
    {
        string database = await ground.NewDatabaseAsync();
        await using RunningServer server = await RunningServer.StartAsync(database);
        await using RunningServer other = await RunningServer.StartAsync(database, server.Clock);
        using Browser idle = await Browser.SignedInAsync(server, "ada", Role.Operator);
        using Browser busy = await Browser.SignedInAsync(server, "ada", Role.Operator);
        using Browser ended = await Browser.SignedInAsync(server, "bob", Role.Auditor);
        using HttpRequestMessage there = new(HttpMethod.Get, new Uri(other.Address, "/api/v1/me"));
        using HttpResponseMessage answer = await ended.Http.SendAsync(there);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await other.Get<Credentials>().EndSessionsOfAsync((await ended.LearnAsync()).GetProperty("id").GetString()!, default);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ended.GetAsync("/api/v1/me")).StatusCode);

        for (int hours = 0; hours < 11; hours++)
        {
            server.Clock.Advance(TimeSpan.FromHours(1));
            Assert.Equal(HttpStatusCode.OK, (await busy.GetAsync("/api/v1/me")).StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await idle.GetAsync("/api/v1/me")).StatusCode);
        server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await busy.GetAsync("/api/v1/me")).StatusCode);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_itself_not_only_the_cookie()
    {
        await using RunningServer server = await StartAsync();
        using Browser ada = await Browser.SignedInAsync(server, "ada", Role.Operator);
        using HttpClient thief = server.NewClient();
        thief.DefaultRequestHeaders.Add("Cookie", ada.Cookie);
        Assert.Equal(HttpStatusCode.OK, (await thief.GetAsync("/api/v1/me")).StatusCode);
        await (await ada.PostAsync("/api/v1/sign-out", new { })).IsDoneAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.GetAsync("/api/v1/me")).StatusCode);
    }

    [Fact]
    public async Task How_an_account_is_opened_changes_only_soon_after_signing_in_and_never_by_token()
    {
        await using RunningServer server = await StartAsync();
        using Browser ada = await Browser.SignedInAsync(server, "ada", Role.Operator);
        using HttpClient token = await server.ClientAsync([Role.Operator]);
        string[] paths = ["/api/v1/me/tokens", "/api/v1/me/second", "/api/v1/me/second/confirm", "/api/v1/me/password", "/api/v1/me/passkeys/options", "/api/v1/me/passkeys"];
        object body = new { name = "x", pending = "x", code = "x", password = Password, credential = "x" };
        foreach (string path in paths)
        {
            await (await token.PostAsync(path, Json(body))).IsProblemAsync(HttpStatusCode.Forbidden, "ringwall:sign-in-again");
        }

        await (await ada.PostAsync("/api/v1/me/tokens", body)).IsDoneAsync();
        server.Clock.Advance(TimeSpan.FromMinutes(16));
        foreach (string path in paths)
        {
            await (await ada.PostAsync(path, body)).IsProblemAsync(HttpStatusCode.Forbidden, "ringwall:sign-in-again");
        }
    }

    [Fact]
    public async Task A_token_works_until_it_is_ended_and_shows_its_secret_once()
    {
        await using RunningServer server = await StartAsync();
        using Browser ada = await Browser.SignedInAsync(server, "ada", Role.Operator);
        JsonElement made = await (await ada.PostAsync("/api/v1/me/tokens", new { name = "laptop", days = 1 })).JsonAsync();
        string secret = made.GetProperty("token").GetString()!;
        using HttpClient client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", secret);
        string me = await client.GetStringAsync("/api/v1/me");
        Assert.Contains("laptop", me, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, me, StringComparison.Ordinal);
        await (await ada.SendAsync(HttpMethod.Delete, $"/api/v1/me/tokens/{made.GetProperty("id").GetString()}")).IsDoneAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/v1/me")).StatusCode);
    }

    private Task<RunningServer> StartAsync() => StartOnAsync(ground);

    private static async Task<RunningServer> StartOnAsync(Ground ground) => await RunningServer.StartAsync(await ground.NewDatabaseAsync());

    private static async Task RefusesAsync(RunningServer server, Func<string, string> answer)
    {
        JsonElement asked = await (await server.Http.PostAsync("/api/v1/sign-in/passkey/options", Json(new { }))).JsonAsync();
        object said = new { pending = asked.GetProperty("pending").GetString(), credential = answer(asked.GetProperty("options").GetString()!) };
        await (await server.Http.PostAsync("/api/v1/sign-in/passkey", Json(said))).IsProblemAsync(HttpStatusCode.Unauthorized, "ringwall:sign-in-refused");
    }

    private static Task<HttpResponseMessage> GuessAsync(RunningServer server, string name, string password, string code) =>
        server.Http.PostAsync("/api/v1/sign-in/password", Json(new { name, password, code }));

    /// <summary>An account with password and second factor, set as a person does.</summary>
    private static async Task<byte[]> WithPasswordAsync(RunningServer server, string name)
    {
        using Browser browser = await Browser.SignedInAsync(server, name, Role.Operator);
        JsonElement second = await (await browser.PostAsync("/api/v1/me/second", new { })).JsonAsync();
        byte[] secret = FromBase32(second.GetProperty("secret").GetString()!);
        string code = OneTimeCode.At(secret, OneTimeCode.StepAt(server.Clock.GetUtcNow()));
        await (await browser.PostAsync("/api/v1/me/second/confirm", new { pending = second.GetProperty("pending").GetString(), code })).IsDoneAsync();
        await (await browser.PostAsync("/api/v1/me/password", new { password = "short" })).IsProblemAsync(HttpStatusCode.BadRequest, "ringwall:bad-request");
        await (await browser.PostAsync("/api/v1/me/password", new { password = Password })).IsDoneAsync();
        // The step of the confirmation is used.
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        return secret;
    }

    private static byte[] FromBase32(string text)
    {
        List<byte> bytes = [];
        int buffer = 0;
        int bits = 0;
        foreach (char c in text)
        {
            buffer = (buffer << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal);
            bits += 5;
            if (bits >= 8)
            {
                bytes.Add((byte)(buffer >> (bits - 8)));
                bits -= 8;
                buffer &= (1 << bits) - 1;
            }
        }

        return [.. bytes];
    }

    private static System.Net.Http.Json.JsonContent Json(object body) => System.Net.Http.Json.JsonContent.Create(body);
}
