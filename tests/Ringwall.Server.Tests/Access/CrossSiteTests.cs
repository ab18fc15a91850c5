using System.Net;
using System.Net.Http.Headers;
using Ringwall.Server.Access;
using Ringwall.Server.Tests.Grounds;

namespace Ringwall.Server.Tests.Access;

public sealed class CrossSiteTests(SqliteGround ground) : IClassFixture<SqliteGround>
{
    private static readonly object Body = new { name = "x", roles = (string[])["auditor"] };

    [Fact]
    public async Task A_change_without_the_word_of_the_session_is_refused_and_nothing_happens()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        using Browser ada = await Browser.SignedInAsync(server, "ada", Role.Operator);
        using Browser bob = await Browser.SignedInAsync(server, "bob", Role.Operator);
        foreach (string word in (string[])["", "x", bob.Antiforgery])
        {
            await (await ada.SendAsync(HttpMethod.Post, "/api/v1/accounts", Body, antiforgery: word)).IsProblemAsync(HttpStatusCode.Forbidden, "ringwall:cross-site");
        }

        Assert.Null(await server.Get<Accounts>().ByNameAsync("x", default));
        await (await ada.PostAsync("/api/v1/accounts", Body)).IsDoneAsync();
    }

    [Fact]
    public async Task A_change_that_a_browser_says_is_another_site_s_is_refused_even_with_the_word()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        using Browser ada = await Browser.SignedInAsync(server, "ada", Role.Operator);
        foreach (string origin in (string[])["https://evil.example", "null", $"https://{server.Address.Authority}", $"http://{server.Address.Host}:1"])
        {
            await (await ada.SendAsync(HttpMethod.Post, "/api/v1/accounts", Body, origin: origin)).IsProblemAsync(HttpStatusCode.Forbidden, "ringwall:cross-site");
        }

        ada.Http.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-site");
        await (await ada.PostAsync("/api/v1/accounts", Body)).IsProblemAsync(HttpStatusCode.Forbidden, "ringwall:cross-site");
        ada.Http.DefaultRequestHeaders.Remove("Sec-Fetch-Site");
        await (await ada.SendAsync(HttpMethod.Post, "/api/v1/accounts", Body, origin: $"http://{server.Address.Authority}")).IsDoneAsync();
    }

    [Fact]
    public async Task Nobody_is_signed_in_from_another_site_s_page()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        using Browser nobody = new(server);
        await (await nobody.SendAsync(HttpMethod.Post, "/api/v1/sign-in/link", new { token = "x" }, origin: "https://evil.example")).IsProblemAsync(HttpStatusCode.Forbidden, "ringwall:cross-site");
    }

    [Fact]
    public async Task A_form_sends_the_word_in_a_field_and_a_program_with_a_token_needs_none()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        using Browser ada = await Browser.SignedInAsync(server, "ada", Role.Operator);
        using FormUrlEncodedContent wrong = new(new Dictionary<string, string> { [CrossSite.Field] = "x" });
        await (await ada.Http.PostAsync("/api/v1/sign-out", wrong)).IsProblemAsync(HttpStatusCode.Forbidden, "ringwall:cross-site");
        using FormUrlEncodedContent right = new(new Dictionary<string, string> { [CrossSite.Field] = ada.Antiforgery });
        await (await ada.Http.PostAsync("/api/v1/sign-out", right)).IsDoneAsync();
        using HttpClient program = await server.ClientAsync([Role.Operator]);
        await (await program.PostAsync("/api/v1/accounts", System.Net.Http.Json.JsonContent.Create(Body))).IsDoneAsync();
    }

    [Fact]
    public async Task Who_brings_a_wrong_token_is_not_taken_for_the_cookie_beside_it()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        using Browser ada = await Browser.SignedInAsync(server, "ada", Role.Operator);
        ada.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "rwp_x");
        Assert.Equal(HttpStatusCode.Unauthorized, (await ada.GetAsync("/api/v1/me")).StatusCode);
    }
}
