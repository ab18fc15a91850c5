using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Audit;

/// <summary>The chain of everything that was changed. A record is written in the transaction of its change: there is neither without the other.</summary>
public sealed class AuditLog(Database database, TimeProvider clock)
{
    private const string Columns = "number, at, who, what, about, detail, hash";
    private const int Batch = 1000;

    /// <param name="who">An account's id, "device:ID" or "server".</param>
    /// <param name="what">A word of the domain: "release.published".</param>
    /// <param name="about">What it happened to.</param>
    /// <param name="detail">Becomes a JSON object; null is an empty one.</param>
    /// <remarks>Append last in a transaction: from here to its commit nobody else appends.</remarks>
    public async Task AppendAsync(DbConnection connection, DbTransaction transaction, string who, string what, string about, object? detail = null)
    {
        string lockRow = database.Dialect == Dialect.Postgres ? " FOR UPDATE" : "";
        AuditHead head = await connection.QuerySingleAsync<AuditHead>($"SELECT number, hash FROM audit_head WHERE one = 1{lockRow}", transaction: transaction).ConfigureAwait(false);
        AuditRecord record = new(head.Number + 1, clock.GetUtcNow().ToUnixTimeMilliseconds(), who, what, about, CanonicalJson.Of(detail), "");
        record = record with { Hash = record.HashAfter(head.Hash) };
        await connection.ExecuteAsync(
            "INSERT INTO audit_records (number, at, who, what, about, detail, hash) VALUES (@Number, @At, @Who, @What, @About, @Detail, @Hash)", record, transaction).ConfigureAwait(false);
        await connection.ExecuteAsync("UPDATE audit_head SET number = @Number, hash = @Hash WHERE one = 1", record, transaction).ConfigureAwait(false);
    }

    /// <summary>Records in the order in which they were written, newest last, at most <see cref="AuditQuery.Limit"/>.</summary>
    public Task<IReadOnlyList<AuditRecord>> FindAsync(AuditQuery query, CancellationToken stop) => database.ReadAsync<IReadOnlyList<AuditRecord>>(
        async connection =>
        {
            string newestFirst = $"""
                SELECT {Columns} FROM audit_records
                WHERE number > @After AND (@Before = 0 OR number < @Before) AND (@Who = '' OR who = @Who) AND (@What = '' OR what = @What) AND (@About = '' OR about = @About)
                ORDER BY number DESC LIMIT @Limit
                """;
            // Asked from a number on, the first ones are meant; asked without, the last ones.
            string sql = query.After > 0 ? newestFirst.Replace("DESC", "ASC", StringComparison.Ordinal) : newestFirst;
            return [.. (await connection.QueryAsync<AuditRecord>(sql, query).ConfigureAwait(false)).OrderBy(record => record.Number)];
        },
        stop);

    /// <summary>Where the chain ends.</summary>
    public Task<AuditHead> HeadAsync(CancellationToken stop) => database.ReadAsync(
        connection => connection.QuerySingleAsync<AuditHead>("SELECT number, hash FROM audit_head WHERE one = 1"), stop);

    /// <summary>All records up to one number, from the first.</summary>
    public async IAsyncEnumerable<AuditRecord> AllAsync(long upTo, [EnumeratorCancellation] CancellationToken stop)
    {
        long after = 0;
        while (after < upTo)
        {
            AuditRecord[] records = await database.ReadAsync(
                async connection => (await connection.QueryAsync<AuditRecord>(
                    $"SELECT {Columns} FROM audit_records WHERE number > @after AND number <= @upTo ORDER BY number LIMIT {Batch}", new { after, upTo }).ConfigureAwait(false)).ToArray(),
                stop).ConfigureAwait(false);
            if (records.Length == 0)
            {
                yield break;
            }

            foreach (AuditRecord record in records)
            {
                yield return record;
            }

            after = records[^1].Number;
        }
    }

    /// <summary>Computes the whole chain anew.</summary>
    public async Task<AuditVerification> VerifyAsync(CancellationToken stop)
    {
        AuditHead head = await HeadAsync(stop).ConfigureAwait(false);
        AuditChain chain = new();
        await foreach (AuditRecord record in AllAsync(head.Number, stop).ConfigureAwait(false))
        {
            chain.Add(record);
        }

        return chain.End(head);
    }
}
