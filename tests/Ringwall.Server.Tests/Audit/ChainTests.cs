using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Ringwall.Server.Access;
using Ringwall.Server.Audit;
using Ringwall.Server.Storage;
using Ringwall.Server.Tests.Grounds;

namespace Ringwall.Server.Tests.Audit;

public abstract class ChainTests(Ground ground)
{
    public sealed class OnSqlite(SqliteGround ground) : ChainTests(ground), IClassFixture<SqliteGround>;

    public sealed class OnPostgres(PostgresGround ground) : ChainTests(ground), IClassFixture<PostgresGround>;

    [Fact]
    public async Task Records_of_many_at_once_make_one_chain_without_gaps()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => AppendAsync(server, $"t{i}")));
        AuditVerification verified = await server.Get<AuditLog>().VerifyAsync(default);
        Assert.True(verified.Verified);
        Assert.Equal(50, verified.Records);
    }

    [Fact]
    public async Task A_change_that_fails_leaves_no_record_and_no_gap()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        await AppendAsync(server, "a");
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.Get<Database>().WriteAsync(
            async (connection, transaction) =>
            {
                await server.Get<AuditLog>().AppendAsync(connection, transaction, "x", "thing.changed", "b");
                throw new InvalidOperationException();
            },
            default));
        await AppendAsync(server, "c");
        Assert.Equal((true, 2), await VerifiedAsync(server));
    }

    [Fact]
    public async Task Whatever_is_done_to_a_record_is_found()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        for (int i = 0; i < 5; i++)
        {
            await AppendAsync(server, $"t{i}");
        }

        Assert.Equal((true, 5), await VerifiedAsync(server));
        foreach ((string tampering, long at) in ((string, long)[])
        [
            ("UPDATE audit_records SET who = 'somebody' WHERE number = 3", 3),
            ("UPDATE audit_records SET at = at + 1 WHERE number = 3", 3),
            ("UPDATE audit_records SET detail = '{}' WHERE number = 3", 3),
            ("UPDATE audit_records SET about = 'x', hash = '0000000000000000000000000000000000000000000000000000000000000000' WHERE number = 3", 3),
            ("DELETE FROM audit_records WHERE number = 3", 3),
            ("DELETE FROM audit_records WHERE number = 5", 5),
            ("DELETE FROM audit_records WHERE number = 1", 1),
            ("DELETE FROM audit_records WHERE number > 2", 3),
            ("UPDATE audit_head SET number = 4, hash = (SELECT hash FROM audit_records WHERE number = 5)", 5),
        ])
        {
            // In a transaction that is given up, so that each begins with what is whole.
            AuditVerification? found = null;
            await Assert.ThrowsAsync<OperationCanceledException>(() => server.Get<Database>().WriteAsync(
                async (connection, transaction) =>
                {
                    await connection.ExecuteAsync(tampering, transaction: transaction);
                    AuditChain chain = new();
                    foreach (AuditRecord record in await connection.QueryAsync<AuditRecord>("SELECT number, at, who, what, about, detail, hash FROM audit_records ORDER BY number", transaction: transaction))
                    {
                        chain.Add(record);
                    }

                    found = chain.End(await connection.QuerySingleAsync<AuditHead>("SELECT number, hash FROM audit_head", transaction: transaction));
                    throw new OperationCanceledException();
                },
                default));
            Assert.False(found!.Verified, tampering);
            Assert.True(at == found.BrokenAt, $"{tampering}: {found.BrokenAt}");
        }

        Assert.Equal((true, 5), await VerifiedAsync(server));
    }

    [Fact]
    public async Task An_export_can_be_verified_by_itself_and_says_whether_it_held()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        using HttpClient auditor = await server.ClientAsync([Role.Auditor]);
        await AppendAsync(server, "\"quotes\" <and> \\ ünïcode \u2028 😀");
        string[] lines = (await auditor.GetStringAsync("/api/v1/audit/export")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        AuditChain chain = new();
        foreach (string line in lines[..^1])
        {
            chain.Add(JsonSerializer.Deserialize<AuditRecord>(line, JsonSerializerOptions.Web)!);
        }

        AuditVerification said = JsonSerializer.Deserialize<AuditVerification>(lines[^1], JsonSerializerOptions.Web)!;
        Assert.True(said.Verified);
        Assert.Equal(said, chain.End(new AuditHead(lines.Length - 1, said.Hash)));
        Assert.Equal(3, said.Records);

        await server.Get<Database>().WriteAsync((connection, transaction) => connection.ExecuteAsync("UPDATE audit_records SET what = 'nothing' WHERE number = 2", transaction: transaction), default);
        Assert.EndsWith("\"brokenAt\":2}\n", await auditor.GetStringAsync("/api/v1/audit/export"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_are_found_by_what_they_are_about_and_page_both_ways()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        using HttpClient auditor = await server.ClientAsync([Role.Auditor]);
        for (int i = 0; i < 9; i++)
        {
            await AppendAsync(server, i % 3 == 0 ? "three" : "other");
        }

        Assert.Equal((long[])[3, 6, 9], await NumbersAsync("?about=three"));
        Assert.Equal((long[])[10, 11], await NumbersAsync("?limit=2"));
        Assert.Equal((long[])[3, 4], await NumbersAsync("?after=2&limit=2"));
        Assert.Equal((long[])[8, 9], await NumbersAsync("?before=10&limit=2"));
        Assert.Equal((long[])[3, 6], await NumbersAsync("?about=three&who=x&what=thing.changed&before=9"));

        async Task<long[]> NumbersAsync(string query) =>
            [.. (await auditor.GetFromJsonAsync<JsonElement>($"/api/v1/audit{query}")).EnumerateArray().Select(record => record.GetProperty("number").GetInt64())];
    }

    [Fact]
    public void The_hash_is_what_the_documentation_says()
    {
        // Computed apart: { printf '\0%.0s' $(seq 32); printf '{"about":"b","at":1,"detail":{"a":[1,"ü"]},"number":1,"what":"w.x","who":"me"}'; } | sha256sum
        AuditRecord record = new(1, 1, "me", "w.x", "b", """{"a":[1,"ü"]}""", "");
        byte[] bytes = [.. new byte[32], .. "{\"about\":\"b\",\"at\":1,\"detail\":{\"a\":[1,\"ü\"]},\"number\":1,\"what\":\"w.x\",\"who\":\"me\"}"u8];
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), record.HashAfter(AuditRecord.Beginning));
    }

    private static Task AppendAsync(RunningServer server, string about) => server.Get<Database>().WriteAsync(
        (connection, transaction) => server.Get<AuditLog>().AppendAsync(connection, transaction, "x", "thing.changed", about, new { why = "test", b = 1, a = (int[])[2, 1] }), default);

    private static async Task<(bool, long)> VerifiedAsync(RunningServer server)
    {
        AuditVerification verified = await server.Get<AuditLog>().VerifyAsync(default);
        return (verified.Verified, verified.Records);
    }
}
