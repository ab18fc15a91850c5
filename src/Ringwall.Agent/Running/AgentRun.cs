// Owns:     the order in which the agent does its work, and when.
// Threads:  one at a time.
// Ordering: signed files before packages before reports. Whatever fails is tried again by itself, later, and holds up none of the others: without a server the machine is guarded as before,
//           without a host the server still has what was queued.

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
    // In minutes of a rollout, as everything that the rules count.
    private const int PollMinutes = 1;
    private const int LookMinutes = 1;
    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WithoutEnrolment = TimeSpan.FromSeconds(2);

    private readonly string _state;
    private readonly HttpClient _http;
    private readonly WatchedHost _host;
    private readonly TimeProvider _clock;
    private readonly AgentJournal _journal;
    private readonly ReportQueue _queue;
    private readonly BackOff _pollBackOff;
    private readonly BackOff _sendBackOff;
    private readonly FleetWay _way;
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
        _http = http;
        _clock = clock;
        _journal = journal;
        _host = new WatchedHost(host, journal);
        _way = new FleetWay(stateDirectory, mirrors, http, clock, pace);
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

    public void Dispose() => _fleet?.Dispose();

    private TimeSpan Minutes(int minutes) => TimeSpan.FromMilliseconds(_fleet!.Enrolled.PaceMilliseconds * minutes);

    // On a clock that never jumps: whoever sets the date a year back must not stop updates for a year.
    private DateTimeOffset Moment => DateTimeOffset.UnixEpoch + _clock.GetElapsedTime(0);

    private bool IsDue(DateTimeOffset at) => Moment >= at;

    private async Task LearnSinceAsync(CancellationToken stop)
    {
        if (!IsDue(_sendAt))
        {
            return;
        }

        try
        {
            await _fleet!.LearnSinceAsync(stop).ConfigureAwait(false);
        }
        catch (Exception failed) when (IsFailure(failed))
        {
            SendFailed(failed);
        }
    }

    // Enrolled meanwhile, or anew, by another process: what was known of the fleet begins anew.
    private async Task<bool> TryBeginAsync(CancellationToken stop)
    {
        try
        {
            Enrolled? enrolled = Enrolled.Read(_state);
            if (enrolled is null)
            {
                _journal.Trouble("enrolment", "this machine is not enrolled: `ringwall enrol --server URL --token TOKEN`");
                _fleet?.Dispose();
                _fleet = null;
                return false;
            }

            if (_fleet is null || !_fleet.Enrolled.IsSameAs(enrolled))
            {
                _fleet?.Dispose();
                _fleet = new Membership(enrolled, _way, _host, _journal);

                // Not all devices at the moment in which power comes back.
                DateTimeOffset now = Moment;
                (_pollAt, _lookAt, _reportAt, _sendAt) = (now, now, now, now);
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

        await _fleet.IntroduceAsync(stop).ConfigureAwait(false);

        _journal.Clear("enrolment");
        return true;
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
            _fleet!.SeeClockOf(files);
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

        DoorReply seen = await _host.AskAsync(new DoorRequest { Do = DoorVerb.Refresh }, stop).ConfigureAwait(false);
        if (seen.Releases is not { } releases)
        {
            // Forgotten by its host, or not believed by it: both are told.
            _fleet.DoubtIntroduction();
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
                DoorReply reply = await _host.AskAsync(new DoorRequest { Do = DoorVerb.Install, Path = release.Path }, stop).ConfigureAwait(false);
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
                DoorReply reply = await _host.AskAsync(new DoorRequest { Do = DoorVerb.Report, After = _queue.Facts, Minute = _fleet!.Enrolled.PaceMilliseconds }, stop).ConfigureAwait(false);
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
                SessionReply session = await _fleet!.OpenSessionAsync(stop).ConfigureAwait(false);
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
            _fleet!.ForgetSession();
        }

        _journal.Trouble("server", failed.Message);
        TimeSpan least = failed switch { ServerRefusedException refused => refused.RetryAfter, AgentException away => away.RetryAfter, _ => TimeSpan.Zero };
        _sendAt = Moment + _sendBackOff.Failed(Minutes(1), least);
    }

    private static bool IsFailure(Exception failed) => failed is AgentException or ServerRefusedException or IOException or UnauthorizedAccessException;

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
}
