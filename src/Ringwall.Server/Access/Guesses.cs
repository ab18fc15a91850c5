using System.Globalization;
using System.Net;
using Dapper;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Access;

/// <summary>
/// Makes guessing slow. A try is charged before it is looked at, so that many at once gain nothing, and given back when it was right. It counts against the
/// name (whether or not an account has it) and against the address. Whoever has used up the free ones waits, twice as long after each further one.
/// </summary>
/// <remarks>A stranger can so keep a name's password from working. Passkeys and one-time links do not go through here.</remarks>
internal sealed class Guesses(Database database, TimeProvider clock)
{
    public const int FreePerName = 5;
    public const int FreePerAddress = 50;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(24);

    /// <exception cref="RequestRefused"><see cref="ProblemType.TooMany"/>: it is too early. Nothing was charged.</exception>
    public Task ChargeAsync(string name, IPAddress? address, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            await connection.ExecuteAsync("DELETE FROM access_guesses WHERE seen < @Old", new { Old = now - (long)Forgotten.TotalMilliseconds }, transaction).ConfigureAwait(false);
            foreach ((string about, int free) in new[] { (OfName(name), FreePerName), (OfAddress(address), FreePerAddress) }.OrderBy(key => key.Item1, StringComparer.Ordinal))
            {
                // The upsert holds the row until the commit, also on PostgreSQL: tries of one name are charged one after another.
                Row row = await connection.QuerySingleAsync<Row>(
                    """
                    INSERT INTO access_guesses (about, failures, until, seen) VALUES (@about, 1, 0, @now)
                    ON CONFLICT (about) DO UPDATE SET failures = access_guesses.failures + 1, seen = @now RETURNING failures, until
                    """,
                    new { about, now },
                    transaction).ConfigureAwait(false);
                if (row.Until > now)
                {
                    long seconds = (row.Until - now + 999) / 1000;
                    throw new RequestRefused(ProblemType.TooMany, string.Create(CultureInfo.InvariantCulture, $"try again in {seconds} s"), new Dictionary<string, object?> { ["retryAfter"] = seconds });
                }

                if (row.Failures >= free)
                {
                    double wait = Math.Min(First.TotalMilliseconds * Math.Pow(2, Math.Min(row.Failures - free, 20)), Longest.TotalMilliseconds);
                    await connection.ExecuteAsync("UPDATE access_guesses SET until = @Until WHERE about = @about", new { about, Until = now + (long)wait }, transaction).ConfigureAwait(false);
                }
            }
        },
        stop);

    /// <summary>The last try was right: the name starts anew, and the address gets this one back.</summary>
    public Task GiveBackAsync(string name, IPAddress? address, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            await connection.ExecuteAsync("DELETE FROM access_guesses WHERE about = @About", new { About = OfName(name) }, transaction).ConfigureAwait(false);
            await connection.ExecuteAsync("UPDATE access_guesses SET failures = failures - 1, until = 0 WHERE about = @About", new { About = OfAddress(address) }, transaction).ConfigureAwait(false);
        },
        stop);

    // A name may be anything that somebody typed: only its digest is kept.
    private static string OfName(string name) => $"name:{Secret.Digest(name)}";

    private static string OfAddress(IPAddress? address) => $"address:{AddressBlock.Of(address)}";

    private sealed record Row(long Failures, long Until);
}
