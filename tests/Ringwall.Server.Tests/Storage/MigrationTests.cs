using Dapper;
using Ringwall.Server.Storage;
using Ringwall.Server.Tests.Grounds;

namespace Ringwall.Server.Tests.Storage;

public abstract class MigrationTests(Ground ground)
{
    private static readonly CancellationToken None = CancellationToken.None;

    public sealed class OnSqlite(SqliteGround ground) : MigrationTests(ground), IClassFixture<SqliteGround>;

    public sealed class OnPostgres(PostgresGround ground) : MigrationTests(ground), IClassFixture<PostgresGround>;

    [Fact]
    public async Task A_fresh_database_gets_every_table_and_a_second_start_changes_nothing()
    {
        await using Database database = new(await ground.NewDatabaseAsync());
        Migrator migrator = new(database, new ManualClock());
        Assert.Equal(Migration.Embedded().Count, await migrator.RunAsync(Migration.Embedded(), None));
        Assert.Equal(0, await migrator.RunAsync(Migration.Embedded(), None));
        Assert.Equal(0, await database.ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM access_accounts"), None));
    }

    [Fact]
    public async Task A_migration_whose_text_has_changed_is_refused_and_nothing_is_applied()
    {
        await using Database database = new(await ground.NewDatabaseAsync());
        Migrator migrator = new(database, new ManualClock());
        Migration first = new("Audit", 1, "0001-a.sql", "CREATE TABLE a (x BIGINT)");
        await migrator.RunAsync([first], None);
        Migration changed = first with { Sql = "CREATE TABLE a (x TEXT)" };
        Migration second = new("Audit", 2, "0002-b.sql", "CREATE TABLE b (x BIGINT)");
        MigrationException refused = await Assert.ThrowsAsync<MigrationException>(() => migrator.RunAsync([changed, second], None));
        Assert.Contains("0001-a.sql", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, await migrator.RunAsync([first, second], None));
    }

    [Fact]
    public async Task A_database_that_a_newer_program_used_is_refused()
    {
        await using Database database = new(await ground.NewDatabaseAsync());
        Migrator migrator = new(database, new ManualClock());
        await migrator.RunAsync([new("Audit", 1, "0001-a.sql", "CREATE TABLE a (x BIGINT)")], None);
        MigrationException refused = await Assert.ThrowsAsync<MigrationException>(() => migrator.RunAsync([], None));
        Assert.Contains("newer", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing_of_itself_or_of_those_before()
    {
        await using Database database = new(await ground.NewDatabaseAsync());
        Migrator migrator = new(database, new ManualClock());
        Migration good = new("Audit", 1, "0001-a.sql", "CREATE TABLE a (x BIGINT)");
        Migration bad = new("Audit", 2, "0002-b.sql", "CREATE TABLE b (x BIGINT); CREATE TABL c (x BIGINT)");
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => migrator.RunAsync([good, bad], None));
        Assert.Equal(2, await migrator.RunAsync([good, bad with { Sql = "CREATE TABLE b (x BIGINT)" }], None));
    }

    [Fact]
    public async Task Replicas_that_start_together_apply_each_migration_once()
    {
        string where = await ground.NewDatabaseAsync();
        int[] applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using Database database = new(where);
            return await new Migrator(database, new ManualClock()).RunAsync(Migration.Embedded(), None);
        }));
        Assert.Equal([0, 0, 0, Migration.Embedded().Count], applied.Order());
    }
}
