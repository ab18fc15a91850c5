using System.Data.Common;
using Dapper;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Audit;

/// <summary>The chain of everything that was changed. A record is written in the transaction of its change: there is neither without the other.</summary>
public sealed class AuditLog(Database database, TimeProvider clock)
{
    /// <param name="who">An account's id, "device:ID" or "server".</param>
    /// <param name="what">A word of the domain: "release.published".</param>
    /// <param name="about">What it happened to.</param>
    /// <param name="detail">Becomes a JSON object; null is an empty one.</param>
    /// <remarks>Append last in a transaction: from here to its commit nobody else appends.</remarks>
    public async Task AppendAsync(DbConnection connection, DbTransaction transaction, string who, string what, string about, object? detail = null)
    {
        string lockRow = database.Dialect == Dialect.Postgres ? " FOR UPDATE" : "";
        Head head = await connection.QuerySingleAsync<Head>($"SELECT number, hash FROM audit_head WHERE one = 1{lockRow}", transaction: transaction).ConfigureAwait(false);
        AuditRecord record = new(head.Number + 1, clock.GetUtcNow().ToUnixTimeMilliseconds(), who, what, about, CanonicalJson.Of(detail), "");
        record = record with { Hash = record.HashAfter(head.Hash) };
        await connection.ExecuteAsync(
            "INSERT INTO audit_records (number, at, who, what, about, detail, hash) VALUES (@Number, @At, @Who, @What, @About, @Detail, @Hash)", record, transaction).ConfigureAwait(false);
        await connection.ExecuteAsync("UPDATE audit_head SET number = @Number, hash = @Hash WHERE one = 1", record, transaction).ConfigureAwait(false);
    }

    private sealed record Head(long Number, string Hash);
}
