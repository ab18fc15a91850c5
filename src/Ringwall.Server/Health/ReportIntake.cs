using System.Collections.Frozen;
using System.Data.Common;
using System.Threading.Channels;
using Dapper;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Health;

/// <summary>
/// Stores reports, many devices' in one transaction: whoever waits is gathered while the group before is committed. A report is answered after its commit.
/// </summary>
// Owns:     the queue of what was sent and is not stored yet.
// Threads:  any number send; one loop writes. Two groups of one replica are never written at a time, and those of several replicas take turns at the fleet's clock.
// Ordering: of one device's reports the sequence decides, whatever the order in which they come.
public sealed partial class ReportIntake : BackgroundService
{
    /// <summary>About a third of a second of the fastest intake we measured: more would only make devices wait longer for the same 503.</summary>
    private const int MostWaiting = 16_384;

    /// <summary>A report has half a kilobyte: devices that send more than that leave room for fewer.</summary>
    private const long MostBytesWaiting = 32 * 1024 * 1024;

    /// <summary>Reports in one transaction.</summary>
    private const int MostInGroup = 2048;

    private static readonly (long, long) NothingLearnt = (-1, -1);

    private readonly Channel<SentReports> _sent = Channel.CreateBounded<SentReports>(new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly Database _database;
    private readonly FleetClock _clock;
    private readonly ReportTables _tables;
    private readonly ILogger<ReportIntake> _log;
    private FrozenDictionary<string, WatchedRelease> _watched = FrozenDictionary<string, WatchedRelease>.Empty;
    private ListeningTime _listening = ListeningTime.Unbroken;
    private (long Releases, long Outages) _learnt = NothingLearnt;
    private long _lastRollout;

    internal ReportIntake(Database database, FleetClock clock, ILogger<ReportIntake> log)
    {
        _database = database;
        _clock = clock;
        _tables = ReportTables.For(database.Dialect);
        _log = log;
    }

    /// <summary>Reports stored since the start.</summary>
    public long Stored { get; private set; }

    /// <summary>Transactions that stored them.</summary>
    public long Groups { get; private set; }

    /// <summary>Times that a device was told to come again.</summary>
    public long TurnedAway => Interlocked.Read(ref _turnedAway);

    private long _turnedAway;
    private long _bytesWaiting;

    /// <summary>The moment of the last group, Unix milliseconds.</summary>
    internal long LastMoment { get; private set; }

    /// <summary>Who sends just now. Whoever calls <see cref="TrySend"/> for a device is its only sender.</summary>
    internal SendingDevices Sending { get; } = new();

    /// <summary>Puts reports into the queue; the task of <paramref name="sent"/> ends when they are on disk.</summary>
    /// <returns>False when the queue is full, by its senders or by what they sent.</returns>
    internal bool TrySend(SentReports sent)
    {
        if (Interlocked.Add(ref _bytesWaiting, sent.Bytes) <= MostBytesWaiting && _sent.Writer.TryWrite(sent))
        {
            return true;
        }

        Interlocked.Add(ref _bytesWaiting, -sent.Bytes);
        Interlocked.Increment(ref _turnedAway);
        return false;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var group = new List<SentReports>();
        try
        {
            while (await _sent.Reader.WaitToReadAsync(stoppingToken).ConfigureAwait(false))
            {
                group.Clear();
                int reports = 0;
                long bytes = 0;
                while (reports < MostInGroup && _sent.Reader.TryRead(out SentReports? sent))
                {
                    group.Add(sent);
                    reports += sent.Reports.Length;
                    bytes += sent.Bytes;
                }

                await StoreAsync(group, stoppingToken).ConfigureAwait(false);
                Interlocked.Add(ref _bytesWaiting, -bytes);
            }
        }
        finally
        {
            // Kestrel has ended by now or is about to: whoever still waits hears that nothing was stored, and sends again elsewhere.
            _sent.Writer.TryComplete();
            while (_sent.Reader.TryRead(out SentReports? left))
            {
                left.TrySetCanceled(CancellationToken.None);
            }
        }
    }

    private async Task StoreAsync(List<SentReports> group, CancellationToken stop)
    {
        try
        {
            await _database.WriteAsync((connection, transaction) => WriteAsync(connection, transaction, group), stop).ConfigureAwait(false);
            foreach (SentReports sent in group)
            {
                Stored += sent.Reports.Length;
                sent.TrySetResult(sent.Acknowledged);
            }

            Groups++;
        }
        catch (OperationCanceledException)
        {
            group.ForEach(sent => sent.TrySetCanceled(CancellationToken.None));
            throw;
        }
        catch (Exception failed) when (failed is DbException or IOException or InvalidOperationException or TimeoutException)
        {
            _learnt = NothingLearnt;
            if (group.Count > 1 && failed is DbException { IsTransient: false } and not Npgsql.NpgsqlException { InnerException: not null })
            {
                // The database is there and refuses something: whoever sent it shall not keep the others from being heard.
                foreach (SentReports one in group)
                {
                    await StoreAsync([one], stop).ConfigureAwait(false);
                }

                return;
            }

            // Whether the commit came through is unknown when the connection broke in it. The devices send again, and what is stored already changes nothing.
            Failed(failed, group.Count);
            group.ForEach(sent => sent.TrySetException(failed));
        }
    }

    private async Task WriteAsync(DbConnection connection, DbTransaction transaction, List<SentReports> group)
    {
        FleetMoment moment = await _clock.NextAsync(connection, transaction).ConfigureAwait(false);
        if (_learnt != (moment.Releases, moment.Outages))
        {
            await LearnAsync(connection, transaction, moment).ConfigureAwait(false);
        }

        int[] numbers = [.. group.Select(sent => sent.Number).Distinct()];
        Dictionary<int, DeviceState> known = await _tables.ReadAsync(connection, transaction, numbers).ConfigureAwait(false);
        var rows = new ReportGroup(moment.At, _clock.PaceMilliseconds, _listening, _watched, known);
        foreach (SentReports sent in group)
        {
            rows.Add(sent);
        }

        if (rows.Heard.Count == 0)
        {
            return;
        }

        await _tables.WriteStatesAsync(connection, transaction, rows.Heard).ConfigureAwait(false);
        if (rows.Runs.Count > 0)
        {
            await _tables.WriteRunsAsync(connection, transaction, rows.Runs, moment.Change).ConfigureAwait(false);
            await ReportTables.WriteServedAsync(connection, transaction, rows.Served).ConfigureAwait(false);
        }

        await ReportTables.WriteHarmsAsync(
            connection, transaction, rows.Harms, moment, ReportTables.SameTroubleMinutes * _clock.PaceMilliseconds, _lastRollout).ConfigureAwait(false);
        await ReportTables.WriteProbationsAsync(connection, transaction, rows.Probations).ConfigureAwait(false);
        await ReportTables.WriteLogAsync(connection, transaction, moment, rows.Log()).ConfigureAwait(false);
        LastMoment = moment.At;
    }

    /// <summary>Rollouts are begun by anybody, and outages are written down by whoever comes first after one: the clock's row counts both.</summary>
    private async Task LearnAsync(DbConnection connection, DbTransaction transaction, FleetMoment moment)
    {
        IReadOnlyList<WatchedRelease> watched = await ReportTables.ReadWatchedAsync(connection, transaction).ConfigureAwait(false);
        _watched = watched.ToFrozenDictionary(release => release.Path, StringComparer.Ordinal);
        _lastRollout = watched.Count == 0 ? 0 : watched.Max(release => release.At);
        _listening = await FleetClock.ListeningAsync(connection, transaction).ConfigureAwait(false);
        _learnt = (moment.Releases, moment.Outages);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Senders} devices' reports were not stored")]
    private partial void Failed(Exception exception, int senders);
}
