using System.Net;
using Ringwall.Server.Access;
using Ringwall.Server.Tests.Grounds;

namespace Ringwall.Server.Tests.Running;

public abstract class StartTests(Ground ground)
{
    public sealed class OnSqlite(SqliteGround ground) : StartTests(ground), IClassFixture<SqliteGround>;

    public sealed class OnPostgres(PostgresGround ground) : StartTests(ground), IClassFixture<PostgresGround>;

    [Fact]
    public async Task A_server_starts_and_what_is_not_there_is_a_problem()
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        using HttpClient somebody = await server.ClientAsync([Role.Operator]);
        using HttpResponseMessage answer = await somebody.GetAsync("/nothing");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("ringwall:not-found", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
