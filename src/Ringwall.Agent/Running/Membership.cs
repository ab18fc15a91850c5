// Owns:    what belongs to one enrolment: key, session, what lies in the spool for the host.
// Threads: one at a time.

using Ringwall.Agent.Enrolling;
using Ringwall.Agent.Fetching;
using Ringwall.Agent.Talking;
using Ringwall.Wire.Door;
using Ringwall.Wire.Fleet;

namespace Ringwall.Agent.Running;

/// <summary>This device in its fleet: who it is and where it stands, whether its host knows, and its session with the server.</summary>
internal sealed class Membership : IDisposable
{
    // A clock that is further off than this is a trouble: signed files may seem to be expired, or not to be.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private readonly FleetWay _way;
    private readonly WatchedHost _host;
    private readonly AgentJournal _journal;
    private readonly DeviceKey _key;
    private readonly FleetSession _session;

    /// <exception cref="AgentException">The device's key cannot be read.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public Membership(Enrolled enrolled, FleetWay way, WatchedHost host, AgentJournal journal)
    {
        _way = way;
        _host = host;
        _journal = journal;
        Enrolled = enrolled;
        _key = DeviceKey.Open(way.StateDirectory);
        _session = new FleetSession(new ServerTalk(way.Http, enrolled.Server), _key, way.Clock);
        Spool = new Spool(way.StateDirectory);
        Vendors = new RepositoryMirror(way.StateDirectory, DoorLimits.Vendors, Spool);
        Director = new RepositoryMirror(way.StateDirectory, DoorLimits.Director, Spool);
        Sources = [.. way.Mirrors.Concat(enrolled.Mirrors).Append(enrolled.Server).Distinct().Select(address => new StaticFiles(way.Http, address, way.Clock, way.Pace))];
        journal.Enrolled(enrolled);
    }

    public Enrolled Enrolled { get; private set; }

    public Spool Spool { get; }

    public RepositoryMirror Vendors { get; }

    public RepositoryMirror Director { get; }

    public IReadOnlyList<StaticFiles> Sources { get; }

    /// <summary>Where the last refresh came from.</summary>
    public StaticFiles? From { get; set; }

    /// <summary>The host has taken this identity.</summary>
    public bool IsIntroduced { get; private set; }

    public void Dispose() => _key.Dispose();

    /// <summary>The host may have forgotten who this device is: it is told again.</summary>
    public void DoubtIntroduction() => IsIntroduced = false;

    /// <summary>The session is none any more.</summary>
    public void ForgetSession() => _session.Forget();

    /// <summary>When a device joined is the server's word, and part of what the host keeps it to.</summary>
    /// <exception cref="AgentException">The server cannot be reached.</exception>
    /// <exception cref="ServerRefusedException">It refuses.</exception>
    public async Task LearnSinceAsync(CancellationToken stop)
    {
        SessionReply session = await OpenSessionAsync(stop).ConfigureAwait(false);
        Become(Enrolled with { Since = session.EnrolledAt });
    }

    /// <summary>Tells the host who this device is, unless it knows. Whatever goes wrong is told.</summary>
    public async Task IntroduceAsync(CancellationToken stop)
    {
        if (IsIntroduced || Enrolled.Since == 0)
        {
            return;
        }

        try
        {
            DoorReply reply = await _host.AskAsync(new DoorRequest { Do = DoorVerb.Hello, Identity = Enrolled.Identity }, stop).ConfigureAwait(false);
            IsIntroduced = reply.Error is null;
            _journal.Tell("identity", reply.Error?.ToString());
        }
        catch (AgentException)
        {
            // Told by WatchedHost.
        }
    }

    /// <summary>A session that counts; with it comes where the device stands.</summary>
    /// <exception cref="AgentException">The server cannot be reached.</exception>
    /// <exception cref="ServerRefusedException">It refuses.</exception>
    public async Task<SessionReply> OpenSessionAsync(CancellationToken stop)
    {
        SessionReply session;
        try
        {
            session = await _session.OpenAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            Clock(_session.ClockAhead);
        }

        _journal.Contact(_way.Clock.GetUtcNow());
        if (Enrolled.Since != 0 && session.Place is { } place && IsElsewhere(session))
        {
            await MoveAsync(session, place, stop).ConfigureAwait(false);
        }

        bool isElsewhere = IsElsewhere(session);
        Enrolled kept = Enrolled;

        // A seat's group grows; where the host keeps the device stays.
        Enrolled changed = kept with
        {
            PaceMilliseconds = session.PaceMilliseconds, ReportMinutes = session.ReportMinutes, Seat = isElsewhere ? kept.Seat : session.Seat,
        };
        if (changed != kept)
        {
            Become(changed);
            IsIntroduced &= changed.Seat == kept.Seat;
        }

        if (!isElsewhere)
        {
            _journal.Clear("ring");
        }
        else if (session.Place is null)
        {
            _journal.Trouble("ring", $"the server counts this device to the ring {session.Ring}, and its host keeps it to {kept.Ring}: the keys that sign the move are not on the server; enrol it anew (`ringwall enrol --reset`)");
        }

        return session;
    }

    /// <summary>As long as no session said how far the device's clock is off, static files do, about.</summary>
    public void SeeClockOf(StaticFiles files)
    {
        if (_session.ClockAhead is null && files.ClockBehind is { } behind)
        {
            Clock(-behind);
        }
    }

    // In another ring, or among other neighbours, than its host knows; more neighbours are no other place.
    private bool IsElsewhere(SessionReply session) => session.Ring != Enrolled.Ring || session.Seat?.Domain != Enrolled.Seat?.Domain || session.Seat?.Index != Enrolled.Seat?.Index;

    // The host goes by the operator's signature, and where it then stands is what this agent says from now on. While it refuses, each session is another try.
    private async Task MoveAsync(SessionReply session, string place, CancellationToken stop)
    {
        DoorReply reply;
        try
        {
            reply = await _host.AskAsync(new DoorRequest { Do = DoorVerb.Move, Place = place }, stop).ConfigureAwait(false);
        }
        catch (AgentException)
        {
            // Told by WatchedHost. The server gets its reports all the same.
            return;
        }

        if (reply.Machine?.Identity is not { } stands)
        {
            _journal.Trouble("ring", $"the server counts this device to the ring {session.Ring}, and its host does not go there: {reply.Error}");
            return;
        }

        Become(Enrolled with { Ring = stands.Ring, Seat = stands.Seat });
        IsIntroduced = false;
    }

    private void Become(Enrolled changed)
    {
        changed.Write(_way.StateDirectory);
        Enrolled = changed;
        _journal.Enrolled(changed);
    }

    private void Clock(TimeSpan? ahead)
    {
        _journal.ClockAhead = ahead;
        _journal.Tell("clock", ahead is { } off && off.Duration() > ClockTolerance
            ? $"this device's clock is {off.Duration():d\\.hh\\:mm\\:ss} {(off > TimeSpan.Zero ? "ahead of" : "behind")} the server's: signed files may seem to be expired, or not to be; set it"
            : null);
    }
}
