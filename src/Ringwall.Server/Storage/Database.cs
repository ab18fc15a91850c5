using System.Data;
using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Ringwall.Server.Storage;

/// <summary>
/// Opens connections to the one database of a fleet: SQLite (a connection string with "Data Source=") or PostgreSQL ("Host=").
/// What is written is durable when <see cref="WriteAsync{T}"/> returns.
/// </summary>
/// <remarks>
/// SQLite has one writer at a time: <see cref="WriteAsync{T}"/> lets writers of this process in one by one, so that they wait here, in order, and not in
/// SQLite's busy loop. On PostgreSQL a transaction that the database gave up for another one (a deadlock, SQLSTATE 40P01 or 40001), or because
/// this process stood still in it (25P03), is tried again, three times at most: the work must therefore change nothing but the database.
/// </remarks>
public sealed class Database : IAsyncDisposable
{
    private const int Tries = 3;

    /// <summary>SQLSTATE idle_in_transaction_session_timeout.</summary>
    internal const string IdleInTransaction = "25P03";

    /// <summary>Durable at each commit; up to 64 MiB of pages are kept, for a fleet's reports come in no order.</summary>
    private const string Pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 30000; PRAGMA cache_size = -65536";

    /// <summary>Between two statements of a transaction lie milliseconds, and on a machine that is starved of processor time seconds. It bounds how long one that is cut off holds the others up.</summary>
    private static readonly TimeSpan MostIdle = TimeSpan.FromSeconds(10);

    private readonly string _sqlite = "";
    private readonly NpgsqlDataSource? _postgres;
    private readonly SemaphoreSlim _writer = new(1, 1);

    static Database() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    /// <exception cref="ArgumentException">The connection string is for neither database, or has a word that its database does not know.</exception>
    public Database(string connectionString)
    {
        if (IsPostgres(connectionString))
        {
            Dialect = Dialect.Postgres;
            _postgres = new NpgsqlDataSourceBuilder(Bounded(connectionString)).Build();
        }
        else
        {
            SqliteConnectionStringBuilder words = new(connectionString) { ForeignKeys = true, DefaultTimeout = 30 };
            Dialect = Dialect.Sqlite;
            _sqlite = words.ToString();
        }
    }

    public Dialect Dialect { get; }

    /// <summary>
    /// SQL that says, after a column, that it is one of the values of an array. Dapper writes an array out for SQLite, which has none, and hands it to PostgreSQL as it is.
    /// </summary>
    /// <param name="parameter">"@numbers".</param>
    public string IsOneOf(string parameter) => Dialect == Dialect.Postgres ? $"= ANY({parameter})" : $"IN {parameter}";

    /// <summary>For what PostgreSQL alone offers: COPY, LISTEN.</summary>
    /// <exception cref="InvalidOperationException">This is SQLite.</exception>
    public NpgsqlDataSource Postgres => _postgres ?? throw new InvalidOperationException("This database is SQLite.");

    public static bool IsPostgres(string connectionString) =>
        new DbConnectionStringBuilder { ConnectionString = connectionString }.Keys.Cast<string>().Any(key => key.Equals("host", StringComparison.OrdinalIgnoreCase));

    /// <summary>An open connection that the caller disposes. Writing on SQLite through it is for those that hold the only writer: use <see cref="WriteAsync{T}"/>.</summary>
    public async Task<DbConnection> OpenAsync(CancellationToken stop)
    {
        if (_postgres is not null)
        {
            return await _postgres.OpenConnectionAsync(stop).ConfigureAwait(false);
        }

        SqliteConnection connection = new(_sqlite);
        try
        {
            await connection.OpenAsync(stop).ConfigureAwait(false);
            await connection.ExecuteAsync(Pragmas).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken stop)
    {
        DbConnection connection = await OpenAsync(stop).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            return await read(connection).ConfigureAwait(false);
        }
    }

    /// <summary>Does the work in one transaction and commits it; whatever it throws rolls all of it back. The work may run more than once.</summary>
    public async Task<T> WriteAsync<T>(Func<DbConnection, DbTransaction, Task<T>> work, CancellationToken stop)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await WriteOnceAsync(work, stop).ConfigureAwait(false);
            }
            catch (PostgresException gaveUp) when (attempt < Tries && gaveUp.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or IdleInTransaction)
            {
            }
        }
    }

    public Task WriteAsync(Func<DbConnection, DbTransaction, Task> work, CancellationToken stop) => WriteAsync(
        async (connection, transaction) =>
        {
            await work(connection, transaction).ConfigureAwait(false);
            return true;
        },
        stop);

    public async ValueTask DisposeAsync()
    {
        _writer.Dispose();
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            using SqliteConnection pool = new(_sqlite);
            SqliteConnection.ClearPool(pool);
        }
    }

    // A replica that the network cut off in the middle of a transaction cannot end it, and the database would hold its rows for hours, until it notices by itself: the others would all wait. Who has an option
    // of these in the connection string keeps it.
    private static string Bounded(string connectionString)
    {
        NpgsqlConnectionStringBuilder words = new(connectionString);
        words.Options = $"-c idle_in_transaction_session_timeout={(int)MostIdle.TotalMilliseconds} -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 {words.Options}".TrimEnd();
        return words.ToString();
    }

    private async Task<T> WriteOnceAsync<T>(Func<DbConnection, DbTransaction, Task<T>> work, CancellationToken stop)
    {
        bool alone = Dialect == Dialect.Sqlite;
        if (alone)
        {
            await _writer.WaitAsync(stop).ConfigureAwait(false);
        }

        try
        {
            DbConnection connection = await OpenAsync(stop).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                // On SQLite this is BEGIN IMMEDIATE: the right to write is there from the start.
                DbTransaction transaction = await connection.BeginTransactionAsync(
                    alone ? IsolationLevel.Serializable : IsolationLevel.ReadCommitted, stop).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    T result = await work(connection, transaction).ConfigureAwait(false);
                    await transaction.CommitAsync(stop).ConfigureAwait(false);
                    return result;
                }
            }
        }
        finally
        {
            if (alone)
            {
                _writer.Release();
            }
        }
    }
}
