using System.Net;
using System.Security.Cryptography;
using Dapper;
using Microsoft.AspNetCore.Routing;
using Ringwall.Server.Access;
using Ringwall.Server.Rollouts;
using Ringwall.Server.Storage;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Server.Tests.Releases;
using Ringwall.Server.Tests.Rollouts;

namespace Ringwall.Server.Tests.Access;

/// <summary>Walks every endpoint as one vendor, with another's identifiers in each place that takes one.</summary>
public sealed class VendorRouteTests(SqliteGround ground) : IClassFixture<SqliteGround>
{
    private const string Release = "globex/shield/content-1.tar.gz";
    private static readonly byte[] Package = [7, 7, 7, 7];
    private static readonly string Digest = Convert.ToHexStringLower(SHA256.HashData(Package));

    // What is the same for everybody, or is asked otherwise.
    private static readonly Dictionary<string, string> Apart = new()
    {
        ["GET /packages/{vendor}/{sensor}/{file}"] = "signed, for every device",
        ["GET /api/v1/events"] = "a stream that says of another's only that something changed",
        ["GET /events"] = "a stream that says only that something changed",
    };

    [Fact]
    public async Task No_route_tells_a_vendor_anything_of_another_s_or_changes_it()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync(), with: SigningParty.With);
        SigningParty party = new();
        using HttpClient boss = await server.ClientAsync([Role.Operator]);
        await party.OpenAsync(boss, server.Clock.GetUtcNow(), "acme", "globex");
        using HttpClient globex = await server.ClientAsync([Role.Vendor], "globex");
        await party.PublishAsync(globex, "globex", server.Clock.GetUtcNow(), Release, Package);
        string rollout = await server.Get<RolloutDesk>().StartAsync(Release, urgent: false, RolloutField.Operator, CancellationToken.None);
        await server.Get<Database>().WriteAsync(
            (connection, transaction) => connection.ExecuteAsync(
                """
                INSERT INTO rollouts_decisions (rollout, number, minute, at, kind, reasons, words, exposed, installed, matured, harmed, evidence, spent, owner, epoch, record)
                VALUES (@rollout, 1, 1, 1, 'wait', '[]', 'globex waits', 0, 0, 0, 0, 1, 0, 'x', 1, @record)
                """,
                new { rollout, record = Packed.Compress("\"globex\""u8.ToArray()) }, transaction), CancellationToken.None);
        (string Account, string Token) theirs = await server.Get<Database>().ReadAsync(
            connection => connection.QuerySingleAsync<(string, string)>("SELECT a.id, t.id FROM access_accounts a JOIN access_tokens t ON t.account = a.id WHERE a.vendor = 'globex'"), CancellationToken.None);

        // A new parameter has to say here what another vendor's is.
        Dictionary<string, string[]> others = new()
        {
            ["id"] = [rollout, theirs.Account, theirs.Token],
            ["number"] = ["1"],
            ["vendor"] = ["globex"],
            ["sensor"] = ["shield"],
            ["sha256"] = [Digest],
            ["file"] = [$"{Digest}.content-1.tar.gz"],
            ["repository"] = ["vendors", "director"],
            ["role"] = ["globex"],
            ["path"] = [Release],
            ["device"] = ["1"],
            ["token"] = ["1"],
            ["name"] = ["1"],
            ["documentName"] = ["v1"],
        };
        using HttpClient acme = await server.ClientAsync([Role.Vendor], "acme");
        (int tried, List<string> told) = await WalkAsync(server, acme, others, _ => true);
        Assert.True(tried >= 90, $"only {tried} requests were sent");
        Assert.Empty(told);

        // What is the other's is as it was.
        Assert.Equal("waiting", (await server.Get<RolloutPages>().FindAsync(rollout, RolloutField.Operator, CancellationToken.None))!.Line.State);
        Assert.Equal(HttpStatusCode.OK, (await globex.GetAsync("/api/v1/me")).StatusCode);

        // The control: whose it is sees it, on many routes. It only looks: among the others is one that ends its token.
        (_, List<string> own) = await WalkAsync(server, globex, others, endpoint => Routes.Method(endpoint) == "GET");
        Assert.True(own.Count >= 10, string.Join('\n', own));
    }

    private static async Task<(int Tried, List<string> Told)> WalkAsync(RunningServer server, HttpClient vendor, Dictionary<string, string[]> others, Func<RouteEndpoint, bool> which)
    {
        int tried = 0;
        List<string> seen = [];
        foreach (RouteEndpoint endpoint in Routes.Of(server.App).Where(endpoint => which(endpoint) && !Apart.ContainsKey(Routes.Name(endpoint))))
        {
            for (int choice = 0; choice < endpoint.RoutePattern.Parameters.Select(parameter => others[parameter.Name].Length).DefaultIfEmpty(1).Max(); choice++)
            {
                HashSet<string> asked = [];
                string Value(string name)
                {
                    string value = others[name][Math.Min(choice, others[name].Length - 1)];
                    asked.Add(value);
                    return value;
                }

                tried++;
                using HttpResponseMessage answer = await Routes.AskAsync(vendor, endpoint, Value, Routes.Method(endpoint) == "GET" ? $"?vendor=globex&about={Digest}" : "");
                string body = await answer.Content.ReadAsStringAsync();

                // A refusal may say again what was asked for, and a page where it is.
                string rest = asked.OrderByDescending(value => value.Length).Aggregate(body, (left, value) => value.Length < 4 ? left : left.Replace(value, "", StringComparison.Ordinal)).Replace("?vendor=globex", "", StringComparison.Ordinal);
                string told = answer.IsSuccessStatusCode ? body : rest;
                if (told.Contains("globex", StringComparison.OrdinalIgnoreCase) || told.Contains(Digest, StringComparison.Ordinal))
                {
                    seen.Add($"{Routes.Name(endpoint)}: {(int)answer.StatusCode} {body}");
                }
            }
        }

        return (tried, seen);
    }
}
