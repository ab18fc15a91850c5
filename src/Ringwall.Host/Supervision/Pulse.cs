namespace Ringwall.Host.Supervision;

/// <summary>
/// Decides when a sensor is asked for its health and whether it hangs. One question is open at a time; until it could be sent it counts
/// as unanswered, because a sensor whose socket is full does not read it.
/// </summary>
/// <param name="every">From an answer to the next question.</param>
/// <param name="patience">From a question to the hang.</param>
internal sealed class Pulse(TimeSpan every, TimeSpan patience)
{
    private ulong _token = 1;
    private TimeSpan _answeredAt;
    private TimeSpan? _askedAt;
    private bool _sent;

    /// <summary>Whether a question is to be sent now, and under which token. Call <see cref="Sent"/> when it could be.</summary>
    public bool IsDue(TimeSpan now, out ulong token)
    {
        if (_askedAt is null && now - _answeredAt >= every)
        {
            _askedAt = now;
            _sent = false;
        }

        token = _token;
        return _askedAt is not null && !_sent;
    }

    public void Sent() => _sent = true;

    /// <summary>Takes an answer. False: to a question that is not open.</summary>
    public bool Heard(ulong token, TimeSpan now)
    {
        if (_askedAt is null || !_sent || token != _token)
        {
            return false;
        }

        _token++;
        _askedAt = null;
        _answeredAt = now;
        return true;
    }

    /// <summary>Whether the open question has waited too long, and for how long.</summary>
    public bool IsMissing(TimeSpan now, out TimeSpan waited)
    {
        waited = now - (_askedAt ?? now);
        return waited >= patience;
    }
}
