// Owns:     the order in which the agent does its work, and when.
// Threads:  one at a time.
// Ordering: signed files before packages before reports. Whatever fails is tried again by itself, later, and holds up none of the others: without a server the machine is guarded as before,
//           without a host the server still has what was queued.
// More than 500 lines: what is due next depends on what became of each piece of work, so they stand together.

using Ringwall.Agent.Enrolling;
using Ringwall.Agent.Fetching;
using Ringwall.Agent.Reporting;
using Ringwall.Agent.Talking;
using Ringwall.Trust;
using Ringwall.Wire.Door;
using Ringwall.Wire.Fleet;

namespace Ringwall.Agent.Running;

/// <summary>One life of the agent.</summary>
internal sealed class AgentRun : IDisposable
{
    /// <summary>A clock that is further off than this is a trouble: signed files may seem to be expired, or not to be.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    // In minutes of a rollout, as everything that the rules count.
    private const int PollMinutes = 1;
    private const int LookMinutes = 1;
    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WithoutEnrolment = TimeSpan.FromSeconds(2);

    private readonly string _state;
    private readonly HttpClient _http;
    private readonly HostDoor _host;
    private readonly TimeProvider _clock;
    private readonly AgentJournal _journal;
    private readonly ReportQueue _queue;
    private readonly BackOff _pollBackOff;
    private readonly BackOff _sendBackOff;
    private readonly IReadOnlyList<Uri> _mirrors;
    private readonly TransferPace? _pace;
    private Membership? _fleet;
    private DateTimeOffset _pollAt;
    private DateTimeOffset _lookAt;
    private DateTimeOffset _reportAt;
    private DateTimeOffset _sendAt;
    private string _told = "";

    /// <param name="stateDirectory">The agent's own.</param>
    /// <param name="mirrors">Where static files are fetched from first, besides those that it was enrolled with.</param>
    /// <param name="http">Over which others are reached.</param>
    /// <param name="host">The host's door.</param>
    /// <param name="clock">The device's clock.</param>
    /// <param name="journal">Where troubles and the state are shown.</param>
    /// <param name="pace">How slow a transfer may be; null for the usual.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    public AgentRun(string stateDirectory, IReadOnlyList<Uri> mirrors, HttpClient http, HostDoor host, TimeProvider clock, AgentJournal journal, TransferPace? pace = null)
    {
        _state = stateDirectory;
        _mirrors = mirrors;
        _http = http;
        _host = host;
        _clock = clock;
        _journal = journal;
        _pace = pace;
        Random dice = new();
        (_pollBackOff, _sendBackOff) = (new BackOff(dice), new BackOff(dice));
        _queue = ReportQueue.Open(stateDirectory);
    }

    /// <summary>Works until it is stopped; then says goodbye to the server, if that answers at once.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                TimeSpan wait = await StepAsync(stop).ConfigureAwait(false);
                await Task.Delay(wait, _clock, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await GoodbyeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Does what is due.</summary>
    /// <returns>How long there is nothing to do.</returns>
    public async Task<TimeSpan> StepAsync(CancellationToken stop)
    {
        if (!await TryBeginAsync(stop).ConfigureAwait(false))
        {
            _journal.Write(_queue, _clock);
            return WithoutEnrolment;
        }

        if (IsDue(_pollAt))
        {
            await PollAsync(stop).ConfigureAwait(false);
        }

        if (IsDue(_lookAt))
        {
            await LookAsync(IsDue(_reportAt), stop).ConfigureAwait(false);
        }

        if (_queue.Count > 0 && IsDue(_sendAt))
        {
            await SendAsync(stop).ConfigureAwait(false);
        }

        _journal.Write(_queue, _clock);
        DateTimeOffset next = _pollAt < _lookAt ? _pollAt : _lookAt;
        next = _queue.Count > 0 && _sendAt < next ? _sendAt : next;
        TimeSpan wait = next - Moment;
        return wait > LeastWait ? wait : LeastWait;
    }

    public void Dispose() => _fleet?.Key.Dispose();

    private TimeSpan Minutes(int minutes) => TimeSpan.FromMilliseconds(_fleet!.Enrolled.PaceMilliseconds * minutes);

    // On a clock that never jumps: whoever sets the date a year back must not stop updates for a year.
    private DateTimeOffset Moment => DateTimeOffset.UnixEpoch + _clock.GetElapsedTime(0);

    private bool IsDue(DateTimeOffset at) => Moment >= at;

    // Enrolled meanwhile, or anew, by another process: what was known of the fleet begins anew.
    private async Task<bool> TryBeginAsync(CancellationToken stop)
    {
        try
        {
            Enrolled? enrolled = Enrolled.Read(_state);
            if (enrolled is null)
            {
                _journal.Trouble("enrolment", "this machine is not enrolled: `ringwall enrol --server URL --token TOKEN`");
                _fleet?.Key.Dispose();
                _fleet = null;
                return false;
            }

            if (_fleet is null || !_fleet.Enrolled.IsSameAs(enrolled))
            {
                Begin(enrolled);
            }
        }
        catch (Exception failed) when (failed is AgentException or IOException or UnauthorizedAccessException)
        {
            _journal.Trouble("enrolment", failed.Message);
            return false;
        }

        if (_fleet!.Enrolled.Since == 0)
        {
            await LearnSinceAsync(stop).ConfigureAwait(false);
        }

        if (!_fleet.IsIntroduced)
        {
            await IntroduceAsync(stop).ConfigureAwait(false);
        }

        _journal.Clear("enrolment");
        return true;
    }

    private void Begin(Enrolled enrolled)
    {
        _fleet?.Key.Dispose();
        DeviceKey key = DeviceKey.Open(_state);
        Spool spool = new(_state);
        _fleet = new Membership(
            enrolled,
            key,
            new FleetSession(new ServerTalk(_http, enrolled.Server), key, _clock),
            spool,
            new RepositoryMirror(_state, DoorLimits.Vendors, spool),
            new RepositoryMirror(_state, DoorLimits.Director, spool),
            [.. _mirrors.Concat(enrolled.Mirrors).Append(enrolled.Server).Distinct().Select(address => new StaticFiles(_http, address, _clock, _pace))]);
        _journal.Enrolled(enrolled);

        // Not all devices at the moment in which power comes back.
        DateTimeOffset now = Moment;
        (_pollAt, _lookAt, _reportAt, _sendAt) = (now, now, now, now);
    }

    // When a device joined is the server's word, and part of what the host keeps it to.
    private async Task LearnSinceAsync(CancellationToken stop)
    {
        if (!IsDue(_sendAt))
        {
            return;
        }

        try
        {
            SessionReply session = await OpenSessionAsync(stop).ConfigureAwait(false);
            Enrolled complete = _fleet!.Enrolled with { Since = session.EnrolledAt };
            complete.Write(_state);
            _fleet.Enrolled = complete;
        }
        catch (Exception failed) when (IsFailure(failed))
        {
            SendFailed(failed);
        }
    }

    private async Task IntroduceAsync(CancellationToken stop)
    {
        if (_fleet!.Enrolled.Since == 0)
        {
            return;
        }

        try
        {
            DoorReply reply = await AskHostAsync(new DoorRequest { Do = DoorVerb.Hello, Identity = _fleet.Enrolled.Identity }, stop).ConfigureAwait(false);
            _fleet.IsIntroduced = reply.Error is null;
            _journal.Tell("identity", reply.Error?.ToString());
        }
        catch (AgentException)
        {
            // Told by AskHostAsync.
        }
    }

    private async Task<SessionReply> OpenSessionAsync(CancellationToken stop)
    {
        SessionReply session;
        try
        {
            session = await _fleet!.Session.OpenAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            Clock(_fleet!.Session.ClockAhead);
        }

        _journal.Contact(_clock.GetUtcNow());
        if (_fleet.Enrolled.Since != 0 && session.Place is { } place && IsElsewhere(session))
        {
            await MoveAsync(session, place, stop).ConfigureAwait(false);
        }

        Enrolled kept = _fleet.Enrolled;
        if (session.PaceMilliseconds != kept.PaceMilliseconds || session.ReportMinutes != kept.ReportMinutes || (session.Seat != kept.Seat && !IsElsewhere(session)))
        {
            // A seat's group grows; what a device is kept to by its host stays.
            Enrolled changed = kept with
            {
                PaceMilliseconds = Math.Max(1, session.PaceMilliseconds), ReportMinutes = Math.Max(1, session.ReportMinutes), Seat = IsElsewhere(session) ? kept.Seat : session.Seat ?? kept.Seat,
            };
            changed.Write(_state);
            _fleet.IsIntroduced &= changed.Seat == kept.Seat;
            _fleet.Enrolled = changed;
        }

        if (!IsElsewhere(session))
        {
            _journal.Clear("ring");
        }
        else if (session.Place is null)
        {
            _journal.Trouble("ring", $"the server counts this device to the ring {session.Ring}, and its host keeps it to {kept.Ring}: the keys that sign the move are not on the server; enrol it anew (`ringwall enrol --reset`)");
        }

        return session;
    }

    // In another ring, or among other neighbours, than its host knows; more neighbours are no other place.
    private bool IsElsewhere(SessionReply session) =>
        session.Ring != _fleet!.Enrolled.Ring || session.Seat?.Domain != _fleet.Enrolled.Seat?.Domain || session.Seat?.Index != _fleet.Enrolled.Seat?.Index;

    // The host goes by the operator's signature. What it stands at then, is what this agent says from now on; while it refuses, each session is another try.
    private async Task MoveAsync(SessionReply session, string place, CancellationToken stop)
    {
        DoorReply reply;
        try
        {
            reply = await AskHostAsync(new DoorRequest { Do = DoorVerb.Move, Place = place }, stop).ConfigureAwait(false);
        }
        catch (AgentException)
        {
            // Told by AskHostAsync. The server has its reports all the same.
            return;
        }

        if (reply.Machine?.Identity is not { } stands)
        {
            _journal.Trouble("ring", $"the server counts this device to the ring {session.Ring}, and its host does not go there: {reply.Error}");
            return;
        }

        Enrolled moved = _fleet!.Enrolled with { Ring = stands.Ring, Seat = stands.Seat };
        moved.Write(_state);
        _fleet.Enrolled = moved;
        _fleet.IsIntroduced = false;
    }

    private void Clock(TimeSpan? ahead)
    {
        _journal.ClockAhead = ahead;
        _journal.Tell("clock", ahead is { } off && off.Duration() > ClockTolerance
            ? $"this device's clock is {off.Duration():d\\.hh\\:mm\\:ss} {(off > TimeSpan.Zero ? "ahead of" : "behind")} the server's: signed files may seem to be expired, or not to be; set it"
            : null);
    }

    private async Task PollAsync(CancellationToken stop)
    {
        TimeSpan usual = Minutes(PollMinutes);
        string? trouble = null;
        TimeSpan least = TimeSpan.Zero;
        foreach (StaticFiles files in _fleet!.Sources)
        {
            try
            {
                await RefreshAsync(files, stop).ConfigureAwait(false);
                await OfferAsync(stop).ConfigureAwait(false);
                _pollBackOff.Succeeded();
                _pollAt = Moment + _pollBackOff.Usual(usual);
                _journal.Clear("files");
                return;
            }
            catch (Exception failed) when (failed is AgentException or UpdateRejectedException or IOException or UnauthorizedAccessException)
            {
                // The next may have what this one lacks; a disk that refuses, refuses there, too.
                files.Forget();
                trouble = failed.Message;
                least = failed is AgentException { RetryAfter: var after } && after > least ? after : least;
            }
        }

        _journal.Trouble("files", trouble ?? "there is nowhere to fetch from");
        _pollAt = Moment + _pollBackOff.Failed(usual, least);
    }

    private async Task RefreshAsync(StaticFiles files, CancellationToken stop)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        try
        {
            await _fleet!.Vendors.RefreshAsync(files, now, stop).ConfigureAwait(false);
            await _fleet.Director.RefreshAsync(files, now, stop).ConfigureAwait(false);
        }
        finally
        {
            if (_fleet!.Session.ClockAhead is null && files.ClockBehind is { } behind)
            {
                Clock(-behind);
            }
        }

        _journal.Contact(now);
        foreach (string path in AgreedRelease.Offered(_fleet.Director.Trusted))
        {
            await _fleet.Vendors.SearchAsync(path, files, stop).ConfigureAwait(false);
        }

        await _fleet.Vendors.LayAsync(files, stop).ConfigureAwait(false);
        await _fleet.Director.LayAsync(files, stop).ConfigureAwait(false);
        _fleet.From = files;
    }

    // The host says what it wants of what lies in the spool now.
    private async Task OfferAsync(CancellationToken stop)
    {
        if (!_fleet!.IsIntroduced)
        {
            return;
        }

        DoorReply seen = await AskHostAsync(new DoorRequest { Do = DoorVerb.Refresh }, stop).ConfigureAwait(false);
        if (seen.Releases is not { } releases)
        {
            // Forgotten by its host, or not believed by it: both are told.
            _fleet.IsIntroduced = false;
            throw new AgentException($"the host: {seen.Error}");
        }

        _journal.Refreshed(releases, _clock.GetUtcNow());
        _fleet.Spool.KeepPackages(releases.Select(release => release.Digest).OfType<string>().ToHashSet());
        foreach (DoorRelease release in releases.Where(release => release is { Standing: DoorStanding.Wanted, Digest: not null, Fetch: not null }))
        {
            await BringAsync(release, stop).ConfigureAwait(false);
        }
    }

    private async Task BringAsync(DoorRelease release, CancellationToken stop)
    {
        string? trouble = null;
        foreach (StaticFiles files in _fleet!.Sources.OrderByDescending(files => files == _fleet.From))
        {
            try
            {
                await PackageFetch.FetchAsync(release, _fleet.Spool, files, stop).ConfigureAwait(false);
                DoorReply reply = await AskHostAsync(new DoorRequest { Do = DoorVerb.Install, Path = release.Path }, stop).ConfigureAwait(false);
                _journal.Installed(release, reply);
                File.Delete(_fleet.Spool.PackageOf(release.Digest!));
                _lookAt = Moment;
                return;
            }
            catch (Exception failed) when (failed is AgentException or UpdateRejectedException or IOException)
            {
                trouble = failed.Message;
            }
        }

        throw new AgentException(trouble ?? release.Path);
    }

    // How the device is. It goes to the queue when a report is due, when something went wrong, and when a release is something else than it was.
    private async Task LookAsync(bool isDue, CancellationToken stop)
    {
        _lookAt = Moment + Minutes(LookMinutes);
        try
        {
            while (true)
            {
                DoorReply reply = await AskHostAsync(new DoorRequest { Do = DoorVerb.Report, After = _queue.Facts, Minute = _fleet!.Enrolled.PaceMilliseconds }, stop).ConfigureAwait(false);
                if (reply.Facts is not { } facts)
                {
                    throw new AgentException($"the host: {reply.Error}");
                }

                string told = string.Join(' ', facts.Report.Releases.Select(release => $"{release.Path}:{release.State}"));
                if (!isDue && told == _told && facts.Report.Harms.Count + facts.Report.Probations.Count == 0)
                {
                    break;
                }

                _queue.Add(facts.Report, facts.Number, Environment.TickCount64, _fleet.Enrolled.PaceMilliseconds);
                (_told, isDue) = (told, false);
                _reportAt = Moment + _sendBackOff.Usual(Minutes(_fleet.Enrolled.ReportMinutes));
                if (!facts.HasMore)
                {
                    break;
                }
            }

            _journal.Clear("reports");
        }
        catch (Exception failed) when (failed is AgentException or IOException or UnauthorizedAccessException)
        {
            _journal.Trouble("reports", failed.Message);
        }
    }

    private async Task SendAsync(CancellationToken stop)
    {
        try
        {
            while (_queue.Next() is { Count: > 0 } batch)
            {
                SessionReply session = await OpenSessionAsync(stop).ConfigureAwait(false);
                await SendAsync(session, batch, stop).ConfigureAwait(false);
            }

            _sendBackOff.Succeeded();
            _sendAt = Moment;
            _journal.Reported(_clock.GetUtcNow());
        }
        catch (Exception failed) when (IsFailure(failed))
        {
            SendFailed(failed);
        }
    }

    private async Task SendAsync(SessionReply session, IReadOnlyList<DeviceReport> batch, CancellationToken stop)
    {
        ServerTalk server = new(_http, _fleet!.Enrolled.Server);
        try
        {
            _queue.Acknowledged((await server.ReportAsync(new ReportBatch(batch), session.Token, stop).ConfigureAwait(false)).Acknowledged);
        }
        catch (ServerRefusedException unreadable) when (unreadable.Problem == DeviceProblem.BadRequest)
        {
            // One of them is what the server cannot read, and sending it again does not help: the others are not held up by it.
            if (batch.Count == 1)
            {
                _queue.GiveUp(batch[0].Sequence);
                return;
            }

            foreach (DeviceReport one in batch)
            {
                await SendAsync(session, [one], stop).ConfigureAwait(false);
            }
        }
    }

    private void SendFailed(Exception failed)
    {
        if (failed is ServerRefusedException { Problem: DeviceProblem.SessionOver })
        {
            _fleet!.Session.Forget();
        }

        _journal.Trouble("server", failed.Message);
        TimeSpan least = failed switch { ServerRefusedException refused => refused.RetryAfter, AgentException away => away.RetryAfter, _ => TimeSpan.Zero };
        _sendAt = Moment + _sendBackOff.Failed(Minutes(1), least);
    }

    private static bool IsFailure(Exception failed) => failed is AgentException or ServerRefusedException or IOException or UnauthorizedAccessException;

    private async Task<DoorReply> AskHostAsync(DoorRequest request, CancellationToken stop)
    {
        try
        {
            DoorReply reply = await _host.AskAsync(request, stop).ConfigureAwait(false);
            _journal.HostAnswers = true;
            _journal.Clear("host");
            return reply;
        }
        catch (AgentException away)
        {
            _journal.HostAnswers = false;
            _journal.Trouble("host", away.Message);
            throw;
        }
    }

    // Whoever stops on purpose says so: a device that falls silent counts as harmed by what it took last.
    private async Task GoodbyeAsync()
    {
        using CancellationTokenSource soon = new(TimeSpan.FromSeconds(2));
        try
        {
            if (_fleet is not null && (await _host.AskAsync(new DoorRequest { Do = DoorVerb.Report, After = _queue.Facts, Minute = _fleet.Enrolled.PaceMilliseconds }, soon.Token).ConfigureAwait(false)).Facts is { } facts)
            {
                _queue.Add(facts.Report with { Goodbye = true }, facts.Number, Environment.TickCount64, _fleet.Enrolled.PaceMilliseconds);
                await SendAsync(soon.Token).ConfigureAwait(false);
            }
        }
        catch (Exception silent) when (silent is AgentException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            // Then it goes without a word; the report waits for the next start.
        }

        _journal.Write(_queue, _clock);
    }

    /// <summary>What belongs to one enrolment.</summary>
    private sealed class Membership(
        Enrolled enrolled, DeviceKey key, FleetSession session, Spool spool, RepositoryMirror vendors, RepositoryMirror director, IReadOnlyList<StaticFiles> sources)
    {
        public Enrolled Enrolled { get; set; } = enrolled;

        public DeviceKey Key { get; } = key;

        public FleetSession Session { get; } = session;

        public Spool Spool { get; } = spool;

        public RepositoryMirror Vendors { get; } = vendors;

        public RepositoryMirror Director { get; } = director;

        public IReadOnlyList<StaticFiles> Sources { get; } = sources;

        /// <summary>Where the last refresh came from.</summary>
        public StaticFiles? From { get; set; }

        /// <summary>The host has taken this identity.</summary>
        public bool IsIntroduced { get; set; }
    }
}
