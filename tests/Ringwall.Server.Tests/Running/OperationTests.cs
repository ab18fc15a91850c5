using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using Ringwall.Server.Access;
using Ringwall.Server.Running;
using Ringwall.Server.Tests.Access;
using Ringwall.Server.Tests.Grounds;

namespace Ringwall.Server.Tests.Running;

public sealed partial class OperationTests(SqliteGround sqlite, PostgresGround postgres) : IClassFixture<SqliteGround>, IClassFixture<PostgresGround>
{
    [Fact]
    public async Task While_the_database_is_away_requests_say_so_and_when_it_is_back_all_goes_on()
    {
        NpgsqlConnectionStringBuilder where = new(await postgres.NewDatabaseAsync());
        await using Line line = new(where.Port);
        where.Port = line.Port;
        await using RunningServer server = await RunningServer.StartAsync(where.ToString());
        using HttpClient person = await server.ClientAsync([Role.Operator]);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/health/ready")).StatusCode);

        line.Cut();
        using (HttpResponseMessage away = await person.GetAsync("/api/v1/accounts"))
        {
            await away.IsProblemAsync(HttpStatusCode.ServiceUnavailable, "ringwall:database-away");
            Assert.NotNull(away.Headers.RetryAfter);
        }

        await (await person.PostAsJsonAsync("/api/v1/accounts", new { name = "ada", roles = (string[])["auditor"] })).IsProblemAsync(HttpStatusCode.ServiceUnavailable, "ringwall:database-away");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.Http.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/health/live")).StatusCode);

        line.Mend();
        await (await person.PostAsJsonAsync("/api/v1/accounts", new { name = "ada", roles = (string[])["auditor"] })).IsDoneAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/health/ready")).StatusCode);
    }

    [Fact]
    public async Task A_replica_reads_what_another_one_protected()
    {
        string where = await postgres.NewDatabaseAsync();
        await using RunningServer one = await RunningServer.StartAsync(where);
        string secret = one.Get<Server.Access.Doors.PasswordDoor>().Protect([1, 2, 3]);
        await using RunningServer two = await RunningServer.StartAsync(where);
        Assert.Equal([1, 2, 3], two.Get<Server.Access.Doors.PasswordDoor>().Unprotect(secret));
        // The control: a fleet of its own has keys of its own.
        await using RunningServer other = await RunningServer.StartAsync(await postgres.NewDatabaseAsync());
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => other.Get<Server.Access.Doors.PasswordDoor>().Unprotect(secret));
    }

    [Fact]
    public async Task A_request_that_is_too_large_is_refused()
    {
        await using RunningServer server = await RunningServer.StartAsync(await sqlite.NewDatabaseAsync());
        using HttpClient person = await server.ClientAsync([Role.Operator]);
        using HttpResponseMessage answer = await person.PostAsJsonAsync("/api/v1/accounts", new { name = new string('x', (int)ServerApplication.LargestRequest), roles = (string[])["auditor"] });
        await answer.IsProblemAsync(HttpStatusCode.RequestEntityTooLarge, "ringwall:too-large");
        await (await person.PostAsJsonAsync("/api/v1/accounts", new { name = new string('x', 200_000), roles = (string[])["auditor"] })).IsProblemAsync(HttpStatusCode.BadRequest, "ringwall:bad-request");
    }

    [Fact]
    public async Task Every_answer_tells_browsers_to_run_nothing_inline_and_to_keep_nothing()
    {
        await using RunningServer server = await RunningServer.StartAsync(await sqlite.NewDatabaseAsync());
        foreach (string path in (string[])["/api/v1/me", "/nothing", "/health/live", "/sign-in/link/x"])
        {
            using HttpResponseMessage answer = await server.Http.GetAsync(path);
            string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.True(answer.Headers.CacheControl!.NoStore);
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task A_browser_is_shown_where_to_sign_in_and_a_program_is_told_401()
    {
        await using RunningServer server = await RunningServer.StartAsync(await sqlite.NewDatabaseAsync());
        using HttpRequestMessage program = new(HttpMethod.Get, "/api/v1/accounts");
        program.Headers.TryAddWithoutValidation("Accept", "text/html");
        await (await server.Http.SendAsync(program)).IsProblemAsync(HttpStatusCode.Unauthorized, "ringwall:not-signed-in");
    }

    [Fact]
    public async Task Metrics_are_text_that_Prometheus_reads_and_not_for_everybody()
    {
        await using RunningServer server = await RunningServer.StartAsync(await sqlite.NewDatabaseAsync());
        (await server.Http.GetAsync("/api/v1/audit?limit=x")).Dispose();
        using HttpClient auditor = await server.ClientAsync([Role.Auditor]);
        (await auditor.GetAsync("/api/v1/audit?limit=x")).Dispose();
        string text = await server.Http.GetStringAsync("/metrics");
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Matches(MetricLine(), line));
        Assert.Equal(lines.Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal)).Distinct().Count(), lines.Count(line => line.StartsWith("# TYPE", StringComparison.Ordinal)));
        Assert.Contains("ringwall_problems_total{type=\"ringwall:bad-request\"} 1", lines);
        Assert.Contains("# TYPE http_server_request_duration_seconds histogram", lines);
        Assert.Contains("# TYPE kestrel_active_connections gauge", lines);

        foreach ((string header, string value) in ((string, string)[])[("X-Forwarded-For", "203.0.113.1"), ("Host", "evil.example"), ("Forwarded", "for=203.0.113.1")])
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "/metrics");
            request.Headers.TryAddWithoutValidation(header, value);
            await (await server.Http.SendAsync(request)).IsProblemAsync(HttpStatusCode.Forbidden, "ringwall:not-allowed");
            using HttpRequestMessage byAuditor = new(HttpMethod.Get, "/metrics");
            byAuditor.Headers.TryAddWithoutValidation(header, value);
            await (await auditor.SendAsync(byAuditor)).IsDoneAsync();
        }
    }

    [Fact]
    public async Task The_document_of_the_API_describes_every_route_of_it()
    {
        await using RunningServer server = await RunningServer.StartAsync(await sqlite.NewDatabaseAsync());
        JsonElement document = await server.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        Assert.StartsWith("3.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        JsonElement paths = document.GetProperty("paths");
        Assert.True(paths.TryGetProperty("/api/v1/accounts/{id}", out JsonElement account));
        Assert.True(account.TryGetProperty("put", out _));
        Assert.True(paths.TryGetProperty("/api/v1/audit/export", out _));
    }

    [GeneratedRegex("""^(# (HELP|TYPE) [a-z_][a-z0-9_]* .*|[a-zA-Z_][a-zA-Z0-9_]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*",?)+\})? (-?[0-9.]+([eE][+-]?[0-9]+)?|NaN|[+-]?Inf))$""")]
    private static partial Regex MetricLine();
}
