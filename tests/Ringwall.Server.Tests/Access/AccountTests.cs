using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Ringwall.Server.Access;
using Ringwall.Server.Tests.Grounds;

namespace Ringwall.Server.Tests.Access;

public abstract class AccountTests(Ground ground)
{
    public sealed class OnSqlite(SqliteGround ground) : AccountTests(ground), IClassFixture<SqliteGround>;

    public sealed class OnPostgres(PostgresGround ground) : AccountTests(ground), IClassFixture<PostgresGround>;

    [Fact]
    public async Task An_operator_makes_changes_and_removes_accounts_and_each_is_in_the_audit()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        using HttpClient boss = await server.ClientAsync([Role.Operator]);
        JsonElement made = await (await boss.PostAsJsonAsync("/api/v1/accounts", new { name = "ada", roles = (string[])["auditor"] })).JsonAsync();
        string id = made.GetProperty("id").GetString()!;
        using Browser ada = new(server);
        Assert.Equal(HttpStatusCode.Redirect, (await ada.GetAsync(made.GetProperty("link").GetString()!)).StatusCode);
        await (await ada.SendAsync(HttpMethod.Post, "/api/v1/accounts", new { name = "eve", roles = (string[])["operator"] }, antiforgery: (await ada.LearnAsync()).GetProperty("antiforgery").GetString()))
            .IsProblemAsync(HttpStatusCode.Forbidden, "ringwall:not-allowed");

        // A change of roles is felt at once, in the session that runs.
        await (await boss.PutAsJsonAsync($"/api/v1/accounts/{id}", new { roles = (string[])["operator"] })).IsDoneAsync();
        Assert.Equal("operator", (await ada.LearnAsync()).GetProperty("roles")[0].GetString());
        await (await boss.PutAsJsonAsync($"/api/v1/accounts/{id}", new { roles = (string[])["operator"], disabled = true })).IsDoneAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await ada.GetAsync("/api/v1/me")).StatusCode);
        await (await boss.DeleteAsync($"/api/v1/accounts/{id}")).IsDoneAsync();
        await (await boss.DeleteAsync($"/api/v1/accounts/{id}")).IsProblemAsync(HttpStatusCode.NotFound, "ringwall:not-found");

        JsonElement audit = await (await boss.GetAsync($"/api/v1/audit?about={id}")).JsonAsync();
        Assert.Equal(
            ["account.created", "account.link-made", "account.signed-in", "account.changed", "account.changed", "account.deleted"],
            audit.EnumerateArray().Select(record => record.GetProperty("what").GetString()));
    }

    [Fact]
    public async Task The_last_operator_stays_even_when_two_remove_each_other_at_once()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        using HttpClient one = await server.ClientAsync([Role.Operator]);
        string idOfOne = (await one.GetFromJsonAsync<JsonElement>("/api/v1/me")).GetProperty("id").GetString()!;
        await (await one.DeleteAsync($"/api/v1/accounts/{idOfOne}")).IsProblemAsync(HttpStatusCode.Conflict, "ringwall:last-operator");
        await (await one.PutAsJsonAsync($"/api/v1/accounts/{idOfOne}", new { roles = (string[])["auditor"] })).IsProblemAsync(HttpStatusCode.Conflict, "ringwall:last-operator");
        using HttpClient two = await server.ClientAsync([Role.Operator]);
        string idOfTwo = (await two.GetFromJsonAsync<JsonElement>("/api/v1/me")).GetProperty("id").GetString()!;
        await Task.WhenAll(one.DeleteAsync($"/api/v1/accounts/{idOfTwo}"), two.DeleteAsync($"/api/v1/accounts/{idOfOne}"));
        Assert.Single(await server.Get<Accounts>().AllAsync(default), account => account.RoleList.Contains(Role.Operator));
    }

    [Fact]
    public async Task A_reset_account_is_opened_by_nothing_that_opened_it()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        using HttpClient boss = await server.ClientAsync([Role.Operator]);
        using HttpClient token = await server.ClientAsync([Role.Auditor]);
        string id = (await token.GetFromJsonAsync<JsonElement>("/api/v1/me")).GetProperty("id").GetString()!;
        await (await boss.PostAsync($"/api/v1/accounts/{id}/reset", null)).IsDoneAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await token.GetAsync("/api/v1/me")).StatusCode);
        JsonElement link = await (await boss.PostAsync($"/api/v1/accounts/{id}/link", null)).JsonAsync();
        using Browser again = new(server);
        Assert.Equal(HttpStatusCode.Redirect, (await again.GetAsync(link.GetProperty("link").GetString()!)).StatusCode);
    }

    [Fact]
    public async Task A_wrong_account_is_refused_with_a_reason()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        using HttpClient boss = await server.ClientAsync([Role.Operator]);
        foreach (string json in (string[])
        [
            """{"name":"ada","roles":[]}""",
            """{"name":"ada","roles":["root"]}""",
            """{"name":"ada","roles":["vendor"]}""",
            """{"name":"ada","roles":["vendor","operator"],"vendor":"acme"}""",
            """{"name":"ada","roles":["auditor"],"vendor":"acme"}""",
            """{"name":"ada","roles":["vendor"],"vendor":"../x"}""",
            """{"name":"Ada","roles":["auditor"]}""",
            """{"name":"","roles":["auditor"]}""",
            """{"name":null,"roles":["auditor"]}""",
            """{"roles":["auditor"]}""",
            """{"name":"ada","roles":null}""",
            """{"name":"ada\u0000","roles":["auditor"]}""",
            """{"name":"ada","roles":["auditor"]""",
        ])
        {
            using StringContent body = new(json, System.Text.Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await boss.PostAsync("/api/v1/accounts", body);
            await answer.IsProblemAsync(HttpStatusCode.BadRequest, "ringwall:bad-request");
            Assert.NotEqual("", JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("detail").GetString());
        }

        Assert.Single(await server.Get<Accounts>().AllAsync(default));
    }

    [Fact]
    public async Task Text_in_any_field_is_only_text()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        using HttpClient boss = await server.ClientAsync([Role.Operator]);
        using Browser ada = await Browser.SignedInAsync(server, "ada", Role.Operator);
        string[] texts =
        [
            "'; DROP TABLE access_accounts; --",
            "\" OR 1=1 --",
            "%' OR '1'='1",
            "<script>alert(1)</script>",
            "{{7*7}} ${7*7} @(7*7)",
            "ünïcode \u202e \U0001F600",
        ];
        foreach (string text in texts)
        {
            await IsOnlyTextAsync(text, server, boss, ada);
        }

        Assert.Equal(texts, (await ada.LearnAsync()).GetProperty("tokens").EnumerateArray().Select(token => token.GetProperty("name").GetString()!).ToHashSet().OrderBy(name => Array.IndexOf(texts, name)));
        Assert.Equal(2, (await server.Get<Accounts>().AllAsync(default)).Count);
        Assert.True((await (await boss.GetAsync("/api/v1/audit/verify")).JsonAsync()).GetProperty("verified").GetBoolean());

        // PostgreSQL's text cannot hold a NUL; on neither database may it be more than a bad request.
        foreach (string path in (string[])["/api/v1/audit?who=%00", "/api/v1/audit?about=a%00b"])
        {
            Assert.True((await boss.GetAsync(path)).StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest);
        }
    }

    private static async Task IsOnlyTextAsync(string text, RunningServer server, HttpClient boss, Browser ada)
    {
        await (await ada.PostAsync("/api/v1/me/tokens", new { name = text })).IsDoneAsync();
        string word = Uri.EscapeDataString(text);
        foreach (string query in (string[])["who", "what", "about"])
        {
            Assert.Equal(0, (await (await boss.GetAsync($"/api/v1/audit?{query}={word}")).JsonAsync()).GetArrayLength());
        }

        foreach ((HttpMethod method, string path) in ((HttpMethod, string)[])
        [
            (HttpMethod.Delete, $"/api/v1/accounts/{word}"),
            (HttpMethod.Post, $"/api/v1/accounts/{word}/link"),
            (HttpMethod.Post, $"/api/v1/accounts/{word}/reset"),
            (HttpMethod.Delete, $"/api/v1/me/tokens/{word}"),
        ])
        {
            using HttpRequestMessage request = new(method, path);
            await (await boss.SendAsync(request)).IsProblemAsync(HttpStatusCode.NotFound, "ringwall:not-found");
        }

        await (await server.Http.GetAsync($"/sign-in/link/{word}")).IsProblemAsync(HttpStatusCode.Unauthorized, "ringwall:sign-in-refused");
        await (await server.Http.PostAsJsonAsync("/api/v1/sign-in/password", new { name = text, password = text, code = text })).IsProblemAsync(HttpStatusCode.Unauthorized, "ringwall:sign-in-refused");
        await (await server.Http.PostAsJsonAsync("/api/v1/sign-in/passkey", new { pending = text, credential = text })).IsProblemAsync(HttpStatusCode.Unauthorized, "ringwall:sign-in-refused");
        server.Http.DefaultRequestHeaders.Remove("Cookie");
        server.Http.DefaultRequestHeaders.TryAddWithoutValidation("Cookie", $"ringwall={word}");
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Http.GetAsync("/api/v1/me")).StatusCode);
    }
}
