using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Ringwall.Server.Access;
using Ringwall.Server.Tests.Grounds;

namespace Ringwall.Server.Tests.Dashboard;

/// <summary>Whatever can be read, read on both databases by who may and by who may not see all of it.</summary>
public abstract class PageTests(Ground ground)
{
    // Read by every device, which signs in nowhere: signed files say of all vendors who may sign what (docs/server.md).
    private static readonly string[] Signed = ["root", "targets", "snapshot", "timestamp"];

    // Never end. What they say of others is a kind, and no name.
    private static readonly string[] Endless = ["/events", "/api/v1/events"];

    public sealed class OnSqlite(SqliteGround ground) : PageTests(ground), IClassFixture<SqliteGround>;

    public sealed class OnPostgres(PostgresGround ground) : PageTests(ground), IClassFixture<PostgresGround>;

    [Fact]
    public async Task Every_page_opens_and_a_vendor_finds_nothing_of_another_on_any_and_through_no_route()
    {
        await using TwoVendors two = await TwoVendors.StartAsync(await ground.NewDatabaseAsync());
        using HttpClient vendor = await two.Server.ClientAsync([Role.Vendor], TwoVendors.Northwind);
        vendor.DefaultRequestHeaders.Add("Accept", "text/html");
        Dictionary<string, string> own = await ReadAsync(two, vendor, mustOpen: false);
        Assert.True(own.Count(page => Names(page.Value, TwoVendors.Northwind)) > 10, string.Join(' ', own.Keys));
        Assert.All(own, page => Assert.False(Names(page.Value, TwoVendors.Acme), $"{page.Key}: {Around(page.Value, TwoVendors.Acme)}"));

        using HttpClient @operator = await two.Server.ClientAsync([Role.Operator, Role.Auditor]);
        @operator.DefaultRequestHeaders.Add("Accept", "text/html");
        Dictionary<string, string> all = await ReadAsync(two, @operator, mustOpen: true);
        // The search finds what there is to find: the rules paused, and told of what else was let out.
        Assert.True(all.Count(page => Names(page.Value, TwoVendors.Acme)) > 10, string.Join(' ', all.Keys));
        string decisions = $"/api/v1/rollouts/{two.Rollouts[TwoVendors.Release(TwoVendors.Northwind)]}/decisions";
        Assert.Contains("a release of another vendor was let out", all[decisions], StringComparison.Ordinal);
        Assert.Contains("PAUSE", all[decisions], StringComparison.Ordinal);
        Assert.Contains(decisions, own.Keys);
    }

    [Fact]
    public async Task A_person_at_a_browser_is_told_by_a_page_and_a_program_by_a_problem()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        using HttpClient person = await server.ClientAsync([Role.Auditor]);
        foreach ((string path, HttpStatusCode status, string says) in ((string, HttpStatusCode, string)[])[
            ("/nothing", HttpStatusCode.NotFound, "There is no such thing"), ("/sign-in/link/x", HttpStatusCode.Unauthorized, "A link works once, and for 15 minutes."), ("/audit?before=x", HttpStatusCode.BadRequest, "cannot be read")])
        {
            using HttpRequestMessage request = new(HttpMethod.Get, path);
            request.Headers.Accept.ParseAdd("text/html,application/xhtml+xml,*/*;q=0.8");
            using HttpResponseMessage page = await person.SendAsync(request);
            string text = await page.Content.ReadAsStringAsync();
            Assert.Equal((status, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
            Assert.Contains(says, text, StringComparison.Ordinal);
            Assert.Contains("</html>", text, StringComparison.Ordinal);
            using HttpResponseMessage problem = await person.GetAsync(path);
            Assert.Equal((status, "application/problem+json"), (problem.StatusCode, problem.Content.Headers.ContentType?.MediaType));
        }
    }

    // Every route that is read and demands something, with everything that its parameters may stand for.
    private static async Task<Dictionary<string, string>> ReadAsync(TwoVendors two, HttpClient reader, bool mustOpen)
    {
        RouteEndpoint[] routes =
        [
            .. ((IEndpointRouteBuilder)two.Server.App).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Where(route =>
                route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("GET") == true && route.Metadata.GetMetadata<IAllowAnonymous>() is null),
        ];
        Dictionary<string, string> read = [];
        foreach (string path in routes.SelectMany(route => Paths(two, route)).Except(Endless).Distinct())
        {
            using HttpResponseMessage answer = await reader.GetAsync(path);
            string text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Redirect, $"{path}: {(int)answer.StatusCode} {text}");
            // A page that is not for vendors is read, too: what it says of why.
            if (answer.StatusCode != HttpStatusCode.Redirect)
            {
                // A refusal says again what was asked for.
                read[path] = answer.IsSuccessStatusCode || !path.Contains(TwoVendors.Acme, StringComparison.Ordinal) ? text : "";
            }

            // Of the API some is for devices and vendors alone, and some asks for what is not there.
            Assert.True(!mustOpen || answer.IsSuccessStatusCode || path.StartsWith("/api/v1/", StringComparison.Ordinal), $"{path}: {(int)answer.StatusCode} {text}");
        }

        Assert.True(read.Count > 25, string.Join(' ', read.Keys));
        return read;
    }

    private static IEnumerable<string> Paths(TwoVendors two, RouteEndpoint route)
    {
        string pattern = "/" + route.RoutePattern.RawText!.Trim('/');
        string[] names = [.. route.RoutePattern.Parameters.Select(parameter => parameter.Name)];
        return names.Aggregate((IEnumerable<string>)[pattern], (paths, name) => paths.SelectMany(path => Values(two, pattern, name).Select(value =>
            string.Join('/', path.Split('/').Select(segment => segment.StartsWith('{') && Name(segment) == name ? value : segment)))))
            .Where(path => !Signed.Any(role => path.EndsWith($"/{role}", StringComparison.Ordinal) && path.StartsWith("/api/v1/repositories/", StringComparison.Ordinal)));
    }

    private static string Name(string segment) => segment.Trim('{', '}', '*').Split(':')[0];

    private static IEnumerable<string> Values(TwoVendors two, string pattern, string name) => name switch
    {
        "id" when pattern.Contains("rollouts", StringComparison.Ordinal) => two.Rollouts.Values,
        "id" => [two.Device],
        "number" => Enumerable.Range(1, 45).Select(number => $"{number}"),
        "path" => two.Rollouts.Keys,
        "repository" => ["vendors", "director"],
        "role" => [TwoVendors.Acme, TwoVendors.Northwind, .. Signed],
        _ => ["x"],
    };

    private static bool Names(string text, string vendor) => text.Contains(vendor, StringComparison.OrdinalIgnoreCase);

    private static string Around(string text, string vendor)
    {
        int at = text.IndexOf(vendor, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? "" : text[Math.Max(0, at - 200)..Math.Min(text.Length, at + 200)];
    }
}
