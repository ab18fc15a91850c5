using Ringwall.Contract;

namespace Ringwall.Sdk.Running;

// Owns:    the sensor's counters, and since when each thread has been in the vendor's code.
// Threads: any; each thread writes its own slot, the reading thread reads all.
internal sealed class Progress(int threads)
{
    private readonly ulong[] _since = new ulong[threads];     // CLOCK_MONOTONIC; 0 while the thread is not in the vendor's code
    private ulong _answered;
    private ulong _late;
    private ulong _handled;
    private ulong _lost;

    public void Enter(int thread, ulong now) => Volatile.Write(ref _since[thread], now);

    public void Leave(int thread) => Volatile.Write(ref _since[thread], 0);

    public void CountAnswered() => Interlocked.Increment(ref _answered);

    public void CountLate() => Interlocked.Increment(ref _late);

    public void CountHandled() => Interlocked.Increment(ref _handled);

    public void CountLost(ulong events) => Interlocked.Add(ref _lost, events);

    /// <summary>How long the longest running call has been running, in nanoseconds.</summary>
    public ulong Busy(ulong now)
    {
        ulong longest = 0;
        for (int i = 0; i < _since.Length; i++)
        {
            ulong since = Volatile.Read(ref _since[i]);
            if (since != 0 && now > since)
            {
                longest = Math.Max(longest, now - since);
            }
        }

        return longest;
    }

    public HealthMessage ToHealth(ulong token, ulong now, int tellsWaiting, int asksWaiting, string note) => new()
    {
        Token = token,
        AsksAnswered = Volatile.Read(ref _answered),
        AsksLate = Volatile.Read(ref _late),
        AsksWaiting = (uint)asksWaiting,
        TellsHandled = Volatile.Read(ref _handled),
        TellsLost = Volatile.Read(ref _lost),
        QueueLength = (uint)tellsWaiting,
        BusyNanoseconds = Busy(now),
        Note = TextCut.To(note, Protocol.MaxNoteBytes),
    };
}
