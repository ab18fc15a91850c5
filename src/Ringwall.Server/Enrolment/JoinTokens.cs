using System.Data.Common;
using Dapper;
using Ringwall.Server.Access;
using Ringwall.Server.Audit;
using Ringwall.Server.Inventory;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Enrolment;

/// <summary>Makes, lists, withdraws and uses up join tokens.</summary>
public sealed class JoinTokens(Database database, TimeProvider clock, AuditLog audit)
{
    public const string Prefix = "rwj_";

    private const long MostUses = 1_000_000;
    private const int MostHours = 8760;
    private const int LongestSite = 64;

    private const string Columns = "id, ring, site, uses, left_over AS \"left\", expires_at, made_by, made_at, withdrawn_at FROM enrolment_tokens";

    /// <exception cref="RequestRefused">The wish is outside its bounds.</exception>
    public Task<NewJoinToken> MakeAsync(JoinTokenWish wish, string who, CancellationToken stop)
    {
        Check(wish);
        string secret = Secret.New(Prefix);
        long now = Now;
        JoinToken token = new()
        {
            Id = Secret.NewId(),
            Ring = wish.Ring,
            Site = wish.Site,
            Uses = wish.Uses,
            Left = wish.Uses,
            ExpiresAt = now + (wish.Hours * 3_600_000L),
            MadeBy = who,
            MadeAt = now,
        };
        return database.WriteAsync(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync(
                    """
                    INSERT INTO enrolment_tokens (id, digest, ring, site, uses, left_over, expires_at, made_by, made_at)
                    VALUES (@Id, @digest, @Ring, @Site, @Uses, @Uses, @ExpiresAt, @MadeBy, @MadeAt)
                    """,
                    new { token.Id, digest = Secret.Digest(secret), token.Ring, token.Site, token.Uses, token.ExpiresAt, token.MadeBy, token.MadeAt }, transaction).ConfigureAwait(false);
                await audit.AppendAsync(connection, transaction, who, "join-token.made", token.Id, new { token.Ring, token.Site, token.Uses, token.ExpiresAt }).ConfigureAwait(false);
                return new NewJoinToken(secret, token);
            },
            stop);
    }

    /// <summary>The newest first, those that no longer let anybody in too.</summary>
    public Task<IReadOnlyList<JoinToken>> ListAsync(CancellationToken stop) => database.ReadAsync<IReadOnlyList<JoinToken>>(
        async connection => [.. (await connection.QueryAsync<Row>($"SELECT {Columns} ORDER BY made_at DESC, id LIMIT 500").ConfigureAwait(false)).Select(row => row.ToToken())], stop);

    /// <exception cref="RequestRefused">There is no such token. Withdrawing twice is no mistake.</exception>
    public Task WithdrawAsync(string id, string who, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            int changed = await connection.ExecuteAsync(
                "UPDATE enrolment_tokens SET withdrawn_at = @Now WHERE id = @id AND withdrawn_at IS NULL", new { Now, id }, transaction).ConfigureAwait(false);
            if (changed > 0)
            {
                await audit.AppendAsync(connection, transaction, who, "join-token.withdrawn", id).ConfigureAwait(false);
            }
            else if (await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM enrolment_tokens WHERE id = @id", new { id }, transaction).ConfigureAwait(false) == 0)
            {
                throw new RequestRefused(ProblemType.NotFound, $"there is no join token {id}");
            }
        },
        stop);

    /// <summary>Uses a token up by one; of two that want the last use one gets it.</summary>
    /// <returns>Null when it lets nobody in.</returns>
    internal async Task<JoinToken?> UseAsync(DbConnection connection, DbTransaction transaction, string secret) =>
        (await connection.QuerySingleOrDefaultAsync<Row>(
            """
            UPDATE enrolment_tokens SET left_over = left_over - 1
            WHERE digest = @digest AND left_over > 0 AND expires_at > @Now AND withdrawn_at IS NULL
            RETURNING id, ring, site, uses, left_over AS "left", expires_at, made_by, made_at, withdrawn_at
            """,
            new { digest = Secret.Digest(secret), Now }, transaction).ConfigureAwait(false))?.ToToken();

    internal static async Task<bool> IsKnownAsync(DbConnection connection, DbTransaction? transaction, string secret) =>
        await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM enrolment_tokens WHERE digest = @digest", new { digest = Secret.Digest(secret) }, transaction).ConfigureAwait(false) > 0;

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static void Check(JoinTokenWish wish)
    {
        string? fault = !RingName.TryRead(wish.Ring, out _) ? $"'{wish.Ring}' is no ring: canary, early, broad or critical"
            : wish.Uses is < 1 or > MostUses ? $"uses lie between 1 and {MostUses}"
            : wish.Hours is < 1 or > MostHours ? $"hours lie between 1 and {MostHours}"
            : wish.Site is { } site && (site.Length is 0 or > LongestSite || site.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
                ? $"a site has 1 to {LongestSite} letters, digits, '-', '_' and '.'"
            : null;
        if (fault is not null)
        {
            throw new RequestRefused(ProblemType.BadRequest, fault);
        }
    }

    private sealed class Row
    {
        public string Id { get; init; } = "";

        public string Ring { get; init; } = "";

        public string? Site { get; init; }

        public long Uses { get; init; }

        public long Left { get; init; }

        public long ExpiresAt { get; init; }

        public string MadeBy { get; init; } = "";

        public long MadeAt { get; init; }

        public long? WithdrawnAt { get; init; }

        public JoinToken ToToken() => new()
        {
            Id = Id,
            Ring = Ring,
            Site = Site,
            Uses = Uses,
            Left = Left,
            ExpiresAt = ExpiresAt,
            MadeBy = MadeBy,
            MadeAt = MadeAt,
            WithdrawnAt = WithdrawnAt,
        };
    }
}
