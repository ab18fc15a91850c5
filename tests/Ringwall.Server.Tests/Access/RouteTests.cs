using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Ringwall.Server.Access;
using Ringwall.Server.Running;
using Ringwall.Server.Tests.Grounds;

namespace Ringwall.Server.Tests.Access;

/// <summary>Walks every endpoint that the program maps. Who adds one that anybody may call says so here.</summary>
public sealed class RouteTests(SqliteGround ground) : IClassFixture<SqliteGround>
{
    // Method and pattern of what anybody may call, and why.
    private static readonly Dictionary<string, string> ForAnybody = new()
    {
        ["GET /health/live"] = "says yes",
        ["GET /health/ready"] = "says yes or no",
        ["GET /metrics"] = "checks by itself: this machine, or who may look at the fleet",
        ["GET /openapi/{documentName}.json"] = "the same for everybody",
        ["POST /api/v1/sign-in/password"] = "a door",
        ["POST /api/v1/sign-in/passkey/options"] = "a door",
        ["POST /api/v1/sign-in/passkey"] = "a door",
        ["POST /api/v1/sign-in/link"] = "a door",
        ["GET /sign-in/link/{token}"] = "a door",
        ["POST /api/v1/device/enrol"] = "checks by itself: join token and proof",
        ["POST /api/v1/device/session"] = "checks by itself: proof by the device's key",
        ["POST /api/v1/device/reports"] = "checks by itself: session token",
        ["GET /packages/{vendor}/{sensor}/{file}"] = "signed, for every device",
        ["GET /sign-in"] = "the page with the door",
        ["POST /sign-in"] = "a door",
        ["GET /assets/{name}"] = "style, script and font of the pages: the same for everybody",
    };

    private static readonly Dictionary<string, string[]> RolesOf = new()
    {
        [Policies.Operator] = [Role.Operator],
        [Policies.Approver] = [Role.Approver],
        [Policies.Vendor] = [Role.Vendor],
        [Policies.Auditor] = [Role.Auditor],
        [Policies.Steer] = [Role.Operator, Role.Approver],
        [Policies.Oversee] = [Role.Operator, Role.Approver, Role.Auditor],
        [Policies.Read] = [.. Role.All],
        [Policies.Device] = [],
    };

    [Fact]
    public async Task Every_route_demands_a_policy_or_is_listed_for_anybody()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        List<string> open = [];
        foreach (RouteEndpoint endpoint in Routes.Of(server.App))
        {
            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            {
                open.Add(Routes.Name(endpoint));
            }
            else
            {
                string[] policies = Routes.Demanded(endpoint);
                Assert.True(policies.Length > 0, $"{Routes.Name(endpoint)} demands nothing: add RequireAuthorization(Policies.…)");
                Assert.All(policies, policy => Assert.True(RolesOf.ContainsKey(policy), $"{Routes.Name(endpoint)} demands {policy}, which Policies does not have"));
            }
        }

        Assert.True(open.Count >= 9, $"only {open.Count} open routes were seen");
        Assert.All(open, name => Assert.True(ForAnybody.ContainsKey(name), $"{name} is open to anybody and is not listed here"));
        Assert.All(ForAnybody.Keys, name => Assert.Contains(name, open));
    }

    [Fact]
    public async Task Every_route_refuses_nobody_and_each_role_that_it_does_not_name()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        Dictionary<string, HttpClient> people = [];
        foreach (string role in Role.All)
        {
            people[role] = await server.ClientAsync([role], role == Role.Vendor ? "acme" : null);
        }

        int asked = 0;
        foreach (RouteEndpoint endpoint in Routes.Of(server.App).Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null))
        {
            using HttpResponseMessage nobody = await Routes.AskAsync(server.Http, endpoint);
            Assert.True(nobody.StatusCode == HttpStatusCode.Unauthorized, $"{Routes.Name(endpoint)} answered nobody with {nobody.StatusCode}");
            foreach (string role in Role.All.Where(role => !Routes.Demanded(endpoint).All(policy => RolesOf[policy].Contains(role))))
            {
                asked++;
                using HttpResponseMessage answer = await Routes.AskAsync(people[role], endpoint);
                Assert.True(answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized, $"{Routes.Name(endpoint)} answered {role} with {answer.StatusCode}");
            }
        }

        Assert.True(asked >= 15, $"only {asked} refusals were tried");
    }

    [Fact]
    public async Task A_route_that_demands_nothing_lets_nobody_through()
    {
        // The control: such a route is what the first test would find, and it is closed all the same.
        ServerOptions options = new() { State = Path.GetTempPath(), Database = await ground.NewDatabaseAsync(), Urls = ["http://127.0.0.1:0"] };
        await using WebApplication app = ServerApplication.Build(options, new ManualClock());
        app.MapGet("/forgotten", () => "secret");
        Assert.Empty(Routes.Demanded(Routes.Of(app).Single(endpoint => endpoint.RoutePattern.RawText == "/forgotten")));
        await app.StartAsync(Ringwall.Server.Storage.Migration.Embedded(), default);
        using HttpClient client = new() { BaseAddress = new Uri(app.Urls.First()) };
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/forgotten")).StatusCode);
        await app.StopAsync();
    }

    [Fact]
    public async Task Every_anybody_door_is_limited_in_how_often_it_may_be_tried()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        RouteEndpoint[] doors = [.. Routes.Of(server.App).Where(endpoint => Routes.Name(endpoint).Contains("/sign-in/", StringComparison.Ordinal))];
        Assert.True(doors.Length >= 5);
        Assert.All(doors, door => Assert.NotNull(door.Metadata.GetMetadata<Microsoft.AspNetCore.RateLimiting.EnableRateLimitingAttribute>()));
    }

    [Fact]
    public async Task Every_route_that_changes_something_refuses_what_another_site_s_page_has_a_browser_send()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        using Browser ada = await Browser.SignedInAsync(server, "ada", Role.Operator, Role.Approver);
        int tried = 0;
        foreach (RouteEndpoint endpoint in Routes.Of(server.App).Where(endpoint => Routes.Method(endpoint) is not ("GET" or "HEAD")))
        {
            if (Routes.Name(endpoint) == "POST /api/v1/device/reports")
            {
                // Answered before anybody looks at cookies: a device's token alone counts.
                Assert.Equal(HttpStatusCode.Unauthorized, (await ada.PostAsync(Routes.Path(endpoint), new { })).StatusCode);
                continue;
            }

            HttpMethod method = new(Routes.Method(endpoint));
            string path = Routes.Path(endpoint);
            tried++;
            await CrossSiteAsync(await ada.SendAsync(method, path, new { }, antiforgery: ""), endpoint, true);
            await CrossSiteAsync(await ada.SendAsync(method, path, new { }, antiforgery: new string('0', 64)), endpoint, true);
            await CrossSiteAsync(await ada.SendAsync(method, path, new { }, origin: "https://evil.example"), endpoint, true);

            // The control: with the word and from here it is not for that reason that it is refused, if it is. It may end the session, so it has one of its own.
            using Browser other = await Browser.SignedInAsync(server, "other", Role.Operator, Role.Approver);
            await CrossSiteAsync(await other.SendAsync(method, path, new { }), endpoint, false);
        }

        Assert.True(tried >= 40, $"only {tried} routes were tried");
        Assert.Equal("ada", (await ada.LearnAsync()).GetProperty("name").GetString());

        static async Task CrossSiteAsync(HttpResponseMessage answer, RouteEndpoint endpoint, bool refused)
        {
            string body = await answer.Content.ReadAsStringAsync();
            Assert.True(body.Contains("ringwall:cross-site", StringComparison.Ordinal) == refused, $"{Routes.Name(endpoint)}: {(int)answer.StatusCode} {body}");
            Assert.True(refused ? answer.StatusCode == HttpStatusCode.Forbidden : answer.StatusCode != HttpStatusCode.InternalServerError, $"{Routes.Name(endpoint)}: {(int)answer.StatusCode} {body}");
            answer.Dispose();
        }
    }

    [Theory]
    [InlineData("1' OR '1'='1")]
    [InlineData("1; DROP TABLE access_accounts")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("../../../etc/passwd")]
    [InlineData("\u0001\u202e{{7*7}}${7*7}")]
    public async Task Every_route_takes_an_identifier_as_text_and_nothing_else(string text)
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        using HttpClient all = await server.ClientAsync([Role.Operator, Role.Approver, Role.Auditor]);
        int tried = 0;
        foreach (RouteEndpoint endpoint in Routes.Of(server.App).Where(endpoint => endpoint.RoutePattern.Parameters.Count > 0))
        {
            tried++;
            using HttpResponseMessage answer = await Routes.AskAsync(all, endpoint, _ => text);
            string body = await answer.Content.ReadAsStringAsync();
            Assert.True((int)answer.StatusCode < 500, $"{Routes.Name(endpoint)}: {(int)answer.StatusCode} {body}");
            Assert.False(answer.Content.Headers.ContentType?.MediaType == "text/html" && body.Contains("<script>alert", StringComparison.Ordinal), Routes.Name(endpoint));
        }

        Assert.True(tried >= 25, $"only {tried} routes were tried");
        Assert.NotEmpty(await server.Get<Accounts>().AllAsync(default));
    }
}
