using Dapper;
using Ringwall.Server.Access;
using Ringwall.Server.Storage;
using Ringwall.Server.Tests.Grounds;

namespace Ringwall.Server.Tests.Access;

/// <summary>Until when the server's own link is offered.</summary>
public sealed class FirstPersonTests(SqliteGround ground) : IClassFixture<SqliteGround>
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", true)]
    [InlineData("UPDATE access_accounts SET password = 'hash' WHERE name = 'ada'", true)]
    [InlineData("UPDATE access_accounts SET external = 'somebody' WHERE name = 'stranger'", true)]
    [InlineData("UPDATE access_accounts SET password = 'hash', second = 'secret' WHERE name = 'vera'", true)]
    [InlineData("UPDATE access_accounts SET password = 'hash', second = 'secret', disabled = 1 WHERE name = 'olga'", true)]
    [InlineData("UPDATE access_accounts SET password = 'hash', second = 'secret' WHERE name = 'olga'", false)]
    [InlineData("UPDATE access_accounts SET external = 'ada' WHERE name = 'ada'", false)]
    [InlineData("INSERT INTO access_passkeys SELECT 'key', id, 'key', x'00', 0, '', 1, 0, 0, 0 FROM access_accounts WHERE name = 'vera'", true)]
    [InlineData("INSERT INTO access_passkeys SELECT 'key', id, 'key', x'00', 0, '', 1, 0, 0, 0 FROM access_accounts WHERE name = 'ada'", false)]
    public async Task It_is_as_long_as_no_operator_has_another_way_in(string has, bool offered)
    {
        await using RunningServer server = await RunningServer.StartAsync(await ground.NewDatabaseAsync());
        Accounts accounts = server.Get<Accounts>();
        await accounts.CreateAsync("server", "ada", [Role.Operator], null, Stop);
        await accounts.CreateAsync("server", "olga", [Role.Operator, Role.Approver], null, Stop);
        await accounts.CreateAsync("server", "stranger", [], null, Stop);
        await accounts.CreateAsync("server", "vera", [Role.Vendor], "acme", Stop);
        await server.Get<Database>().WriteAsync((connection, transaction) => connection.ExecuteAsync(has.Length > 0 ? has : "SELECT 1", transaction: transaction), Stop);
        string? link = await server.Get<FirstPerson>().InviteAsync(Stop);
        Assert.Equal(offered, link is not null);
        if (link is not null)
        {
            using Browser browser = new(server);
            await browser.GetAsync(link);
            Assert.Contains((await browser.LearnAsync()).GetProperty("name").GetString(), (string[])["ada", "olga"]);
        }
    }
}
