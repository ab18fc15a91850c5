// Owns:    the token of the session, in memory alone.
// Threads: one at a time.

using Ringwall.Agent.Enrolling;
using Ringwall.Wire.Fleet;

namespace Ringwall.Agent.Talking;

/// <summary>The device's session with its server.</summary>
internal sealed class FleetSession(ServerTalk server, DeviceKey key, TimeProvider clock)
{
    /// <summary>In minutes of a rollout. A device that was moved learns it with its session.</summary>
    private const int RenewedAfterMinutes = 60;

    private SessionReply? _session;
    private TimeSpan _renewAt;      // on a clock that never jumps
    private TimeSpan _ahead;

    /// <summary>How far our clock is ahead of the server's, as far as is known.</summary>
    public TimeSpan? ClockAhead { get; private set; }

    /// <summary>A session that counts, asked for anew each hour, and when half of its time is over.</summary>
    /// <exception cref="AgentException">The server cannot be reached.</exception>
    /// <exception cref="ServerRefusedException">It refuses.</exception>
    public async Task<SessionReply> OpenAsync(CancellationToken stop)
    {
        if (_session is { } open && clock.GetElapsedTime(0) < _renewAt)
        {
            return open;
        }

        try
        {
            return await AskAsync(stop).ConfigureAwait(false);
        }
        catch (ServerRefusedException off) when (off is { Problem: DeviceProblem.ClockOff, ServerTime: { } serverTime })
        {
            // A proof by the server's time is good for a session at that time and nothing else; that it is the server who says so, TLS vouches for. The reports carry our own clock,
            // so that people see that it is wrong, and expiry is held against our own, so that nobody moves it.
            _ahead = clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(Plausible.Moment(serverTime, "its time"));
            ClockAhead = _ahead;
            return await AskAsync(stop).ConfigureAwait(false);
        }
    }

    /// <summary>It does not count any more.</summary>
    public void Forget() => _session = null;

    private async Task<SessionReply> AskAsync(CancellationToken stop)
    {
        DateTimeOffset before = clock.GetUtcNow();
        long at = (before - _ahead).ToUnixTimeMilliseconds();
        SessionReply session = await server.SessionAsync(new SessionRequest(key.Device, at, key.Sign(DeviceProof.Session(key.Device, at))), stop).ConfigureAwait(false);
        DateTimeOffset now = clock.GetUtcNow();
        long until = Plausible.Moment(session.Until, "the end of a session");
        _ = Plausible.Moment(session.EnrolledAt, "when this device was enrolled");

        // The server's clock was read somewhere between our two readings.
        _ahead = before + ((now - before) / 2) - DateTimeOffset.FromUnixTimeMilliseconds(Plausible.Moment(session.ServerTime, "its time"));
        ClockAhead = _ahead;
        TimeSpan life = TimeSpan.FromMilliseconds(Math.Max(0, until - session.ServerTime));
        TimeSpan renewed = TimeSpan.FromMilliseconds(Plausible.Pace(session.PaceMilliseconds) * RenewedAfterMinutes);
        _renewAt = clock.GetElapsedTime(0) + (renewed < life / 2 ? renewed : life / 2);
        _session = session;
        return session;
    }
}
