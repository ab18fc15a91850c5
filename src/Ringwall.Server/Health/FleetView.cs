using System.Data.Common;
using System.Globalization;
using Dapper;
using Ringwall.Rollouts;
using Ringwall.Server.Inventory;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Health;

/// <summary>
/// The fleet as columns in memory, kept up to date from the database: what lets a decision over a million devices take less than a second. Everything in it follows from rows
/// with moments, so that any replica, and this one after a restart, says the same of the same minute.
/// </summary>
/// <remarks>
/// A driver calls <see cref="CatchUpAsync"/> once a minute, then <see cref="Evidence"/> for each rollout with the last minute that it has folded, and folds the window that it gets. The rules are
/// those of docs/rollout-rules.md, section 5: arm and age follow from the published exposure, a device counts once for each measure since the rollout began, who joined later is in neither arm.
/// </remarks>
// Owns:     the columns. Lock: _lock guards all of them; _catchUp lets one reader of the database in at a time. Retired and Cell are read without a lock.
// Ordering: log before places before facts: a device is enrolled before it is heard, so whatever the log names is among the places that are read after it.
public sealed class FleetView : IDisposable
{
    /// <summary>A view that has not followed for longer finds the log cut, and begins anew.</summary>
    internal static readonly TimeSpan LogKept = TimeSpan.FromHours(1);

    private readonly Database _database;
    private readonly FleetClock _clock;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _catchUp = new(1, 1);
    private readonly DeviceColumns _devices = new();
    private readonly Dictionary<string, RolloutColumns> _rollouts = new(StringComparer.Ordinal);
    private readonly Dictionary<int, List<DeviceMove>> _moves = [];
    private Dictionary<string, WatchedRelease> _watched = [];
    private volatile string[] _cells = [];
    private ListeningTime _listening = ListeningTime.Unbroken;
    private long _change = -1;
    private long _placeChange;
    private long _factChange;
    private long _followedAt;

    internal FleetView(Database database, FleetClock clock)
    {
        _database = database;
        _clock = clock;
    }

    /// <summary>The cells that devices are in, or were, in the order in which they came to be.</summary>
    public IReadOnlyList<string> Cells => _cells;

    /// <summary>How many devices there are or were.</summary>
    public int Devices => _devices.Last;

    /// <summary>The fleet's clock as it was last read, Unix milliseconds.</summary>
    internal long FollowedAt => Interlocked.Read(ref _followedAt);

    /// <summary>The minute of a rollout that a moment lies in, counted from 1970. A minute lasts as long as the pace says.</summary>
    public long MinuteOf(long unixMilliseconds) => _clock.MinuteOf(unixMilliseconds);

    /// <summary>Whether a device was taken out of the fleet, as far as this replica has heard; a number that nobody has was.</summary>
    public bool IsRetired(int number)
    {
        bool[] retired = _devices.Retired;
        return (uint)number < (uint)retired.Length && retired[number];
    }

    /// <summary>Has a release watched from now on. Call it in the transaction that begins its rollout, and what it returns is when that began.</summary>
    /// <param name="connection">The transaction's connection.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="release">VENDOR/SENSOR/STREAM-NUMBER.tar.gz.</param>
    /// <param name="soakMinutes">How long it must run on a device before good health counts.</param>
    /// <returns>Unix milliseconds; of a release that is watched already, when that began.</returns>
    public async Task<long> RegisterAsync(DbConnection connection, DbTransaction transaction, string release, int soakMinutes)
    {
        FleetMoment moment = await _clock.NextAsync(connection, transaction).ConfigureAwait(false);
        int added = await connection.ExecuteAsync(
            "INSERT INTO health_releases (number, path, soak, at) SELECT COUNT(*) + 1, @release, @soakMinutes, @At FROM health_releases WHERE TRUE ON CONFLICT (path) DO NOTHING",
            new { release, soakMinutes, moment.At }, transaction).ConfigureAwait(false);
        await connection.ExecuteAsync("UPDATE health_head SET releases = releases + @added WHERE one = 1", new { added }, transaction).ConfigureAwait(false);
        return await connection.QuerySingleAsync<long>("SELECT at FROM health_releases WHERE path = @release", new { release }, transaction).ConfigureAwait(false);
    }

    /// <summary>Closes all minutes before this one and reads what was stored in them.</summary>
    /// <returns>The last minute that is complete.</returns>
    public async Task<long> CatchUpAsync(CancellationToken stop)
    {
        FleetMoment closed = await _clock.CloseAsync(stop).ConfigureAwait(false);
        await FollowAsync(stop).ConfigureAwait(false);
        return MinuteOf(closed.At) - 1;
    }

    public void Dispose() => _catchUp.Dispose();

    /// <summary>Reads what is new, without closing anything.</summary>
    public async Task FollowAsync(CancellationToken stop)
    {
        await _catchUp.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            await _database.ReadAsync(async connection => await FollowAsync(connection).ConfigureAwait(false), stop).ConfigureAwait(false);
        }
        finally
        {
            _catchUp.Release();
        }
    }

    /// <summary>Forgets a rollout that is over; asked for it again, the view reads it anew.</summary>
    public void Forget(string release)
    {
        lock (_lock)
        {
            _rollouts.Remove(release);
        }
    }

    /// <summary>What the fleet showed of a rollout.</summary>
    /// <param name="rollout">Which; a release that was given to <see cref="RegisterAsync"/>.</param>
    /// <param name="after">The last minute that was folded; before the first window the minute in which the rollout began, less one.</param>
    /// <param name="minute">The minute up to which: what <see cref="CatchUpAsync"/> returned, or an earlier one.</param>
    /// <param name="stop">Ends the wait.</param>
    public Task<FleetEvidence> EvidenceAsync(RolloutSeen rollout, long after, long minute, CancellationToken stop) =>
        WithAsync(rollout, columns => new EvidencePass(_devices, columns, _listening, _clock, rollout).Run(after, minute), stop);

    /// <summary>The positions of a stratum's devices in the order of a release: what <see cref="Membership.ExposureFor"/> takes. Not to be changed.</summary>
    public Task<double[]> SortedPositionsAsync(RolloutSeen rollout, int stratum, CancellationToken stop) =>
        WithAsync(rollout, columns => columns.Sorted(stratum, _devices), stop);

    /// <summary>The fleet at a glance: by ring and cell, those that have devices.</summary>
    /// <param name="now">Unix milliseconds.</param>
    public IReadOnlyList<FleetCell> Glance(long now)
    {
        lock (_lock)
        {
            int cells = _cells.Length;
            int[] devices = new int[cells * FleetCounts.Rings];
            int[] online = new int[devices.Length];
            int[] dark = new int[devices.Length];
            long patience = ReportGroup.DarkMilliseconds(_clock.PaceMilliseconds);
            for (int i = 1; i <= _devices.Last; i++)
            {
                if (_devices.Retired[i])
                {
                    continue;
                }

                int place = (_devices.Ring[i] * cells) + _devices.Cell[i];
                devices[place]++;
                if (_devices.At[i] > 0 && (_devices.Flags[i] & DeviceFlags.Goodbye) == 0)
                {
                    (_listening.Deadline(_devices.At[i], patience) > now ? online : dark)[place]++;
                }
            }

            return [.. Enumerable.Range(0, devices.Length).Where(place => devices[place] > 0)
                .Select(place => new FleetCell((Ring)(place / cells), _cells[place % cells], devices[place], online[place], dark[place]))];
        }
    }

    /// <summary>Devices of the fleet that are silent without a goodbye, those that were heard last first.</summary>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="most">At most so many.</param>
    public IReadOnlyList<SilentDevice> Dark(long now, int most)
    {
        // Of those found so far the one that was heard longest ago comes out first.
        var dark = new PriorityQueue<int, long>();
        lock (_lock)
        {
            long patience = ReportGroup.DarkMilliseconds(_clock.PaceMilliseconds);
            for (int i = 1; i <= _devices.Last; i++)
            {
                long at = _devices.At[i];
                if (at == 0 || at > now - patience || (_devices.Flags[i] & DeviceFlags.Goodbye) != 0 || _devices.Retired[i]
                    || (dark.Count == most && dark.TryPeek(out _, out long oldest) && at <= oldest) || _listening.Deadline(at, patience) > now)
                {
                    continue;
                }

                dark.Enqueue(i, at);
                if (dark.Count > most)
                {
                    dark.Dequeue();
                }
            }
        }

        return [.. dark.UnorderedItems.OrderByDescending(device => device.Priority).Select(device => new SilentDevice(device.Element, device.Priority))];
    }

    /// <summary>The cell that a device is in; null for one that this replica has not heard of. Asked with every report: it takes no lock, and may be a moment behind.</summary>
    internal string? CellOf(int number)
    {
        ushort[] cells = _devices.Cell;
        string[] names = _cells;
        return number > 0 && number <= _devices.Last && number < cells.Length && cells[number] < names.Length ? names[cells[number]] : null;
    }

    /// <summary>Looks at a rollout's columns, brought up to date, with the lock held.</summary>
    private async Task<T> WithAsync<T>(RolloutSeen rollout, Func<RolloutColumns, T> look, CancellationToken stop)
    {
        while (true)
        {
            RolloutColumns columns = await ColumnsAsync(rollout, stop).ConfigureAwait(false);
            lock (_lock)
            {
                // A view that began anew between the two has other ones, and these follow no more.
                if (_rollouts.GetValueOrDefault(rollout.Release) == columns)
                {
                    columns.Follow(_devices, _cells, rollout, PlaceAtNeedsLock);
                    return look(columns);
                }
            }
        }
    }

    private async Task<RolloutColumns> ColumnsAsync(RolloutSeen rollout, CancellationToken stop)
    {
        await _catchUp.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            lock (_lock)
            {
                if (_rollouts.TryGetValue(rollout.Release, out RolloutColumns? known))
                {
                    return known;
                }
            }

            return await _database.ReadAsync(
                async connection =>
                {
                    await FollowAsync(connection).ConfigureAwait(false);
                    if (!_watched.TryGetValue(rollout.Release, out WatchedRelease? release))
                    {
                        throw new InvalidOperationException($"{rollout.Release} is not watched: its rollout did not call RegisterAsync.");
                    }

                    var columns = new RolloutColumns(rollout, release.Number, MinuteOf);
                    lock (_lock)
                    {
                        columns.Build(_devices, _cells, rollout, PlaceAtNeedsLock);
                    }

                    // Facts up to the change that the view stands at come with these two; later ones follow with the others'.
                    await ReadRunsAsync(connection, $"release = {release.Number.ToString(CultureInfo.InvariantCulture)}", (_, row) => Apply(columns, row)).ConfigureAwait(false);
                    await ReadHarmsAsync(connection, $"at >= {rollout.StartedAt.ToString(CultureInfo.InvariantCulture)}", (number, measure, at) => columns.Harm(number, measure, at)).ConfigureAwait(false);
                    lock (_lock)
                    {
                        _rollouts[rollout.Release] = columns;
                    }

                    return columns;
                },
                stop).ConfigureAwait(false);
        }
        finally
        {
            _catchUp.Release();
        }
    }

    private async Task<bool> FollowAsync(DbConnection connection)
    {
        Head head = await connection.QuerySingleAsync<Head>("SELECT change, at FROM health_head WHERE one = 1").ConfigureAwait(false);
        if (_change < 0 || (_followedAt > 0 && head.At - _followedAt > LogKept.TotalMilliseconds / 2))
        {
            await BeginAsync(connection, head).ConfigureAwait(false);
            return true;
        }

        var log = new List<(long Change, long At, byte[] Body)>();
        DbCommand command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = $"SELECT change, at, body FROM health_log WHERE change > {_change.ToString(CultureInfo.InvariantCulture)} ORDER BY change";
            DbDataReader reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    log.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)));
                }
            }
        }

        await ReadPlacesAsync(connection).ConfigureAwait(false);
        lock (_lock)
        {
            foreach ((long change, long at, byte[] body) in log)
            {
                Hear(at, body);
                _change = Math.Max(_change, change);
            }
        }

        await ReadFactsAsync(connection).ConfigureAwait(false);

        // Whatever has a number up to the head's was committed before it was read. What was read beyond is read again: the same words twice say nothing new.
        _change = Math.Max(_change, head.Change);
        _factChange = head.Change;
        _followedAt = head.At;
        return true;
    }

    /// <summary>Reads everything. What is committed meanwhile is read again with the log: the same words twice say nothing new.</summary>
    private async Task BeginAsync(DbConnection connection, Head head)
    {
        lock (_lock)
        {
            _rollouts.Clear();
        }

        int devices = await connection.QuerySingleAsync<int>("SELECT devices FROM inventory_head WHERE one = 1").ConfigureAwait(false);
        lock (_lock)
        {
            _devices.Reserve(devices);
        }

        await ReadPlacesAsync(connection).ConfigureAwait(false);
        DbCommand command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = "SELECT number, at, began, flags FROM health_states";
            DbDataReader reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    lock (_lock)
                    {
                        _devices.Restore(reader.GetInt32(0), reader.GetInt64(1), reader.GetInt64(2), (DeviceFlags)reader.GetInt32(3));
                    }
                }
            }
        }

        _factChange = head.Change;
        await ReadFactsAsync(connection).ConfigureAwait(false);
        _change = head.Change;
        _followedAt = head.At;
    }

    private async Task ReadPlacesAsync(DbConnection connection)
    {
        // Places first: their last change then bounds the moves and cells that are certainly there to be read.
        var places = new List<DevicePlace>();
        long before = _placeChange;
        long last = await Inventory.Devices.ReadPlacesAsync(connection, before, places.Add).ConfigureAwait(false);
        if (places.Count == 0)
        {
            return;
        }

        IReadOnlyList<DeviceMove> moves = await Inventory.Devices.ReadMovesAsync(connection, before).ConfigureAwait(false);
        string[] cells = await Inventory.Devices.ReadCellsAsync(connection).ConfigureAwait(false);
        lock (_lock)
        {
            _cells = cells;
            foreach (DeviceMove move in moves)
            {
                if (!_moves.TryGetValue(move.Number, out List<DeviceMove>? all))
                {
                    _moves.Add(move.Number, all = []);
                }

                if (!all.Contains(move))
                {
                    all.Add(move);
                }
            }

            bool retired = false;
            foreach (DevicePlace place in places)
            {
                _devices.Place(place);
                retired |= place.RetiredAt != 0;
            }

            foreach (RolloutColumns rollout in _rollouts.Values)
            {
                rollout.Reserve(_devices.Last);
                if (retired)
                {
                    rollout.ForgetOrder();
                }
            }
        }

        _placeChange = last;
    }

    private async Task ReadFactsAsync(DbConnection connection)
    {
        IReadOnlyList<WatchedRelease> watched = await ReportTables.ReadWatchedAsync(connection).ConfigureAwait(false);
        _watched = watched.ToDictionary(release => release.Path, StringComparer.Ordinal);
        ListeningTime listening = await FleetClock.ListeningAsync(connection).ConfigureAwait(false);
        string since = $"change > {_factChange.ToString(CultureInfo.InvariantCulture)}";
        Dictionary<int, RolloutColumns> byNumber;
        lock (_lock)
        {
            _listening = listening;
            byNumber = _rollouts.Values.ToDictionary(rollout => rollout.Release);
        }

        if (byNumber.Count == 0)
        {
            return;
        }

        await ReadRunsAsync(connection, since, (release, row) =>
        {
            if (byNumber.TryGetValue(release, out RolloutColumns? rollout))
            {
                Apply(rollout, row);
            }
        }).ConfigureAwait(false);
        await ReadHarmsAsync(connection, since, (number, measure, at) =>
        {
            foreach (RolloutColumns rollout in byNumber.Values)
            {
                rollout.Harm(number, measure, at);
            }
        }).ConfigureAwait(false);
    }

    private void Apply(RolloutColumns rollout, in RunFact row)
    {
        lock (_lock)
        {
            rollout.Run(row.Number, row.TakenAt, row.RanAt, row.MaturedAt, row.MaturedAge, row.Fallback, ReportGroup.IsOver(row.State));
        }
    }

    private static async Task ReadRunsAsync(DbConnection connection, string which, Action<int, RunFact> each)
    {
        DbCommand command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = $"SELECT release, number, state, taken_at, ran_at, matured_at, matured_age, fallback FROM health_runs WHERE {which}";
            DbDataReader reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    each(reader.GetInt32(0), new RunFact(
                        reader.GetInt32(1), reader.GetInt32(2), Moment(reader, 3), Moment(reader, 4), Moment(reader, 5), reader.GetInt32(6), reader.GetInt32(7) != 0));
                }
            }
        }
    }

    private async Task ReadHarmsAsync(DbConnection connection, string which, Action<int, int, long> each)
    {
        DbCommand command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = $"SELECT number, measure, at FROM health_harms WHERE {which}";
            DbDataReader reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync().ConfigureAwait(false))
                {
                    lock (_lock)
                    {
                        each(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt64(2));
                    }
                }
            }
        }
    }

    private static long Moment(DbDataReader reader, int column) => reader.IsDBNull(column) ? 0 : reader.GetInt64(column);

    private void Hear(long at, byte[] body)
    {
        for (int i = 0; i + ReportGroup.BytesPerReport <= body.Length; i += ReportGroup.BytesPerReport)
        {
            _devices.Hear(System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(i)), at, (DeviceFlags)body[i + 4]);
        }
    }

    /// <summary>Where a device stood at a moment: before its first move after that, or where it is.</summary>
    private DevicePlace PlaceAtNeedsLock(int i, long moment)
    {
        var now = new DevicePlace
        {
            Number = i,
            Identity = _devices.Identity[i],
            Ring = _devices.Ring[i],
            Cell = _devices.Cell[i],
            Domain = _devices.Domain[i],
            Seat = _devices.Seat[i],
            EnrolledAt = _devices.EnrolledAt[i],
        };
        if (_moves.TryGetValue(i, out List<DeviceMove>? moves))
        {
            foreach (DeviceMove move in moves)
            {
                if (move.Until > moment)
                {
                    return now with { Ring = move.Ring, Cell = move.Cell, Domain = move.Domain, Seat = move.Seat };
                }
            }
        }

        return now;
    }

    private readonly record struct RunFact(int Number, int State, long TakenAt, long RanAt, long MaturedAt, int MaturedAge, bool Fallback);

    private sealed class Head
    {
        public long Change { get; init; }

        public long At { get; init; }
    }
}
