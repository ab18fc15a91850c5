using System.Net;
using System.Net.Http.Json;
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
        foreach (RouteEndpoint endpoint in Endpoints(server.App))
        {
            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            {
                open.Add(Name(endpoint));
            }
            else
            {
                string[] policies = Demanded(endpoint);
                Assert.True(policies.Length > 0, $"{Name(endpoint)} demands nothing: add RequireAuthorization(Policies.…)");
                Assert.All(policies, policy => Assert.True(RolesOf.ContainsKey(policy), $"{Name(endpoint)} demands {policy}, which Policies does not have"));
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
        foreach (RouteEndpoint endpoint in Endpoints(server.App).Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null))
        {
            using HttpResponseMessage nobody = await AskAsync(server.Http, endpoint);
            Assert.True(nobody.StatusCode == HttpStatusCode.Unauthorized, $"{Name(endpoint)} answered nobody with {nobody.StatusCode}");
            foreach (string role in Role.All.Where(role => !Demanded(endpoint).All(policy => RolesOf[policy].Contains(role))))
            {
                asked++;
                using HttpResponseMessage answer = await AskAsync(people[role], endpoint);
                Assert.True(answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized, $"{Name(endpoint)} answered {role} with {answer.StatusCode}");
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
        Assert.Empty(Demanded(Endpoints(app).Single(endpoint => endpoint.RoutePattern.RawText == "/forgotten")));
        await app.StartAsync(Ringwall.Server.Storage.Migration.Embedded(), default);
        using HttpClient client = new() { BaseAddress = new Uri(app.Urls.First()) };
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/forgotten")).StatusCode);
        await app.StopAsync();
    }

    [Fact]
    public async Task Every_anybody_door_is_limited_in_how_often_it_may_be_tried()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        RouteEndpoint[] doors = [.. Endpoints(server.App).Where(endpoint => Name(endpoint).Contains("/sign-in/", StringComparison.Ordinal))];
        Assert.True(doors.Length >= 5);
        Assert.All(doors, door => Assert.NotNull(door.Metadata.GetMetadata<Microsoft.AspNetCore.RateLimiting.EnableRateLimitingAttribute>()));
    }

    private static IEnumerable<RouteEndpoint> Endpoints(WebApplication app) => ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    private static string[] Demanded(RouteEndpoint endpoint) =>
        [.. endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(demand => demand.Policy).OfType<string>()];

    private static string Name(RouteEndpoint endpoint) => $"{Method(endpoint)} /{endpoint.RoutePattern.RawText!.Trim('/')}";

    private static string Method(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0] ?? "GET";

    private static async Task<HttpResponseMessage> AskAsync(HttpClient client, RouteEndpoint endpoint)
    {
        string path = "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part =>
            part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content
            : part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternSeparatorPart separator ? separator.Content : "1"))));
        using HttpRequestMessage request = new(new HttpMethod(Method(endpoint)), path);
        if (request.Method != HttpMethod.Get)
        {
            request.Content = JsonContent.Create(new { });
        }

        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
