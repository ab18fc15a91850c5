// Owns:     the order in which the agent does its work, and when.
// Threads:  one at a time.
// Ordering: signed files before packages before reports. Whatever fails is tried again by itself, later, and holds up none of the others: without a server the machine is guarded as before,
//           without a host the server still has what was queued.

using System.Net;
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
    private readonly Bringing _bringing;
    private Membership? _fleet;
    private DateTimeOffset _pollAt;
    private DateTimeOffset _lookAt;
    private DateTimeOffset _reportAt;
    private DateTimeOffset _sendAt;
    private string _told = "";
    private bool _isRetired;

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
        _bringing = new Bringing(_host, journal, clock);
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
                _journal.Trouble("enrolment", "this machine is not enrolled: `ringwall enrol --server URL --token-file FILE`");
                _fleet?.Dispose();
                _fleet = null;
                return false;
            }

            if (_fleet is null || !_fleet.Enrolled.IsSameAs(enrolled))
            {
                _fleet?.Dispose();
                _fleet = new Membership(enrolled, _way, _host, _journal);
                _bringing.Clear();
                Retire(false);

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
        bool hasOperators = false, hasAll = false;
        foreach (StaticFiles files in _fleet!.Sources)
        {
            try
            {
                if (await RefreshAsync(files, stop).ConfigureAwait(false) is not { } lacks)
                {
                    hasAll = true;
                    break;
                }

                hasOperators = true;
                files.Forget();
                trouble = lacks;
            }
            catch (Exception failed) when (failed is AgentException or UpdateRejectedException or IOException or UnauthorizedAccessException)
            {
                // The next may have what this one lacks; a disk that refuses, refuses there, too.
                files.Forget();
                trouble = failed.Message;
                least = failed is AgentException { RetryAfter: var after } && after > least ? after : least;
            }
        }

        _journal.Tell("files", hasAll ? null : trouble ?? "there is nowhere to fetch from");
        if (!hasAll && !hasOperators)
        {
            _pollAt = Moment + _pollBackOff.Failed(usual, least);
            return;
        }

        _pollBackOff.Succeeded();
        bool isUnderWay = await OfferAsync(mayBring: hasAll && !_isRetired, usual, stop).ConfigureAwait(false);

        // A package that did not come in its time goes on after a look at what was taken back meanwhile, and after the reports.
        _pollAt = isUnderWay ? Moment : Moment + _pollBackOff.Usual(usual);
    }

    // The operator's files are brought without the vendors', too: what is taken back is taken back, whatever has become of those. In words what is wrong with the vendors'; null when nothing is.
    private async Task<string?> RefreshAsync(StaticFiles files, CancellationToken stop)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        string? trouble = null;
        try
        {
            try
            {
                await _fleet!.Vendors.RefreshAsync(files, now, stop).ConfigureAwait(false);
            }
            catch (UpdateRejectedException refused)
            {
                trouble = refused.Message;
            }

            await _fleet!.Director.RefreshAsync(files, now, stop).ConfigureAwait(false);
        }
        finally
        {
            _fleet!.SeeClockOf(files);
        }

        _journal.Contact(now);
        if (trouble is null)
        {
            foreach (string path in AgreedRelease.Offered(_fleet.Director.Trusted))
            {
                await _fleet.Vendors.SearchAsync(path, files, stop).ConfigureAwait(false);
            }

            _fleet.Vendors.Lay();
        }

        _fleet.Director.Lay();
        _fleet.From = files;
        return trouble;
    }

    // The host says what it wants of what lies in the spool now. Whatever goes wrong here is not the fault of where the files came from. True when there is more to fetch at once.
    private async Task<bool> OfferAsync(bool mayBring, TimeSpan minute, CancellationToken stop)
    {
        // A host that does not take this device for what the server says it is takes back what the operator withdrew all the same. It is brought nothing.
        mayBring &= _fleet!.IsIntroduced;
        try
        {
            DoorReply seen = await _host.AskAsync(new DoorRequest { Do = DoorVerb.Refresh }, stop).ConfigureAwait(false);
            if (seen.Releases is not { } releases)
            {
                if (_fleet.IsIntroduced)
                {
                    // Forgotten by its host, or not believed by it: both are told.
                    _fleet.DoubtIntroduction();
                    _journal.Trouble("offer", $"the host: {seen.Error}");
                }

                return false;
            }

            _journal.Clear("offer");
            _journal.Refreshed(releases, _clock.GetUtcNow());
            DoorRelease[] wanted = [.. releases.Where(release => release is { Standing: DoorStanding.Wanted, Digest: not null, Fetch: not null })];
            _fleet.Spool.KeepPackages(wanted.Concat(releases.Where(release => release.Standing == DoorStanding.Held)).Select(release => release.Digest).OfType<string>().ToHashSet());
            (bool hasBrought, bool isUnderWay) = await _bringing.BringAsync(_fleet, mayBring ? wanted : [], minute, stop).ConfigureAwait(false);
            _lookAt = hasBrought ? Moment : _lookAt;
            return isUnderWay;
        }
        catch (AgentException)
        {
            // Told by WatchedHost.
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            _journal.Trouble("offer", refused.Message);
        }

        return false;
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
            Retire(false);
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
            long acknowledged = (await server.ReportAsync(new ReportBatch(batch), session.Token, stop).ConfigureAwait(false)).Acknowledged;

            // Less than what was sent would be sent again at once, for ever; and a number that no clock reaches would be the last that this device could give.
            if (acknowledged < batch[^1].Sequence || acknowledged > Plausible.LatestMoment)
            {
                throw new AgentException($"{_fleet.Enrolled.Server} was sent reports up to {batch[^1].Sequence}, and says that it has {acknowledged}");
            }

            _queue.Acknowledged(acknowledged);
        }
        catch (ServerRefusedException unreadable) when (unreadable.Problem == DeviceProblem.BadRequest || unreadable.Status == HttpStatusCode.RequestEntityTooLarge)
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

        if (failed is ServerRefusedException { Problem: DeviceProblem.NoSuchDevice })
        {
            Retire(true);
        }

        _journal.Trouble("server", failed.Message);
        TimeSpan least = failed switch { ServerRefusedException refused => refused.RetryAfter, AgentException away => away.RetryAfter, _ => TimeSpan.Zero };
        _sendAt = Moment + _sendBackOff.Failed(Minutes(1), least);
    }

    // A device that its fleet took out gets nothing new. What the operator takes back still reaches it, and whether it is in the fleet again is asked with every report.
    private void Retire(bool isRetired)
    {
        _isRetired = isRetired;
        _journal.Tell("retired", isRetired ? "the fleet has taken this device out: nothing new is installed here until it is enrolled anew (`ringwall enrol --reset`)" : null);
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
