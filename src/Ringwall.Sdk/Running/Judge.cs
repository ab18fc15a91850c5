using Ringwall.Contract;

namespace Ringwall.Sdk.Running;

// Owns:         the buffer that one thread's verdicts are written in, and the findings and requests that wait for the current verdict.
// Does not own: the message and the descriptor that it is handed; the caller disposes the descriptor.
// Threads:      exactly one.
// Ordering:     verdict first, then what OnAsk reported and requested: a process waits for the verdict.
internal sealed class Judge(Session session, int thread)
{
    [ThreadStatic]
    private static Judge? _current;     // the judge that is inside OnAsk on this thread

    private readonly byte[] _verdict = new byte[VerdictMessage.MaxBytes];
    private readonly byte[] _reason = new byte[Protocol.MaxReasonBytes];
    private readonly List<IOutgoing> _waiting = [];

    /// <summary>Keeps a finding or request until the verdict is out. False: this thread is not judging.</summary>
    public static bool Defer(Session session, IOutgoing said)
    {
        if (_current is not { } judge || judge.Session != session)
        {
            return false;
        }

        judge._waiting.Add(said);
        return true;
    }

    private Session Session { get; } = session;

    public void Answer(ReadOnlySpan<byte> message, PassedDescriptor descriptor)
    {
        Ask ask = default;
        if (!AskMessage.TryRead(message, out ask.Message))
        {
            Session.Fail("The host sent a malformed ask.");
            return;
        }

        ulong now = MonotonicClock.Now;
        if (now >= ask.Message.Deadline)
        {
            Session.Progress.CountLate();
            return;
        }

        ask.File = descriptor;
        Session.Progress.Enter(thread, now);
        _current = this;
        SensorVerdict verdict;
        try
        {
            verdict = Session.Sensor.OnAsk(in ask);
        }
        catch (Exception thrown)
        {
            // No verdict goes out: the host's fallback is the honest answer for a sensor that failed.
            Session.Fail($"OnAsk threw, so the sensor ends: {thrown}");
            return;
        }
        finally
        {
            _current = null;
            Session.Progress.Leave(thread);
        }

        if (verdict.Verdict == Verdict.None)
        {
            Session.Fail("OnAsk returned default(SensorVerdict), which is no verdict.");
            return;
        }

        Send(ask.Message.Ticket, ask.Message.Deadline, in verdict);
        foreach (IOutgoing said in _waiting)
        {
            Session.Send(said);
        }

        _waiting.Clear();
        Session.CallEnded();
    }

    private void Send(ulong ticket, ulong deadline, in SensorVerdict verdict)
    {
        if (MonotonicClock.Now >= deadline)
        {
            Session.Progress.CountLate();
            return;
        }

        VerdictMessage message = new()
        {
            Ticket = ticket,
            Verdict = verdict.Verdict,
            Cacheable = verdict.Cacheable,
            Reason = _reason.AsSpan(0, TextCut.To(verdict.Reason, _reason)),
        };
        int length = message.Write(_verdict);
        Session.Progress.CountAnswered();
        Session.Send(_verdict.AsSpan(0, length));
    }
}
