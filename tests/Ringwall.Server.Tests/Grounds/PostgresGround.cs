using Npgsql;

namespace Ringwall.Server.Tests.Grounds;

public sealed class PostgresGround(PostgresCluster cluster) : Ground
{
    public override async Task<string> NewDatabaseAsync()
    {
        string admin = await cluster.ConnectionStringAsync();
        string name = $"t{Guid.NewGuid():N}";
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(admin);
        await using NpgsqlCommand create = source.CreateCommand($"CREATE DATABASE {name}");
        await create.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(admin) { Database = name, MaxPoolSize = 20 }.ToString();
    }
}
