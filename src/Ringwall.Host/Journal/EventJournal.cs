using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Deliver.Tells;
using Ringwall.Host.Review;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Polling;
using Ringwall.Kernel.Scheduling;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Journal;

// Owns:      the journal's folder, its thread, one subscription of all tell events, one ring of asks.
// Threads:   its own writes. Asks are put into the ring by the one thread that reviews them; FlushAsync, Figures and readers are anybody's.
// Ordering:  each kind of records is written in the order in which it came. After FlushAsync everything that was published before can be read.
// Bounds:    two rings of fixed size: what finds no room, or no disk, is counted. Neither who publishes nor who reviews ever waits for the disk.
//            A storm of asks and a storm of events have segments of their own, so that neither pushes the other out.
// Loops:     what the host itself writes is not told (FileTellContext.Own) and not asked about, so writing this down is nothing to write down.

/// <summary>Keeps on disk what was told and asked of late: for an operator who asks later, and for a generation on probation.</summary>
internal sealed class EventJournal : IReviewer, IDisposable
{
    /// <summary>The journal's folder in the state directory.</summary>
    public const string FolderName = "journal";

    // So long others may come to be written with the first, after a rest.
    private const int GatherMs = 250;
    private const int TidyEveryMs = 60_000;
    private const long SayEveryMs = 600_000;
    private const int TellRingBytes = 4 * 1024 * 1024;
    private const int AskRingBytes = 2 * 1024 * 1024;
    private const int BatchesInARow = 32;

    // Tells come in greater number than asks that somebody was asked about.
    private const int AskShare = 4;

    private readonly SafeFileHandle _alone;
    private readonly Redaction _redaction;
    private readonly TellSubscription _subscription;
    private readonly Action<string> _say;
    private readonly WakeUp _wake = new();
    private readonly ConcurrentQueue<TaskCompletionSource> _waiting = new();
    private readonly byte[] _batch = new byte[Protocol.MaxMessageBytes];
    private readonly byte[] _ask = new byte[JournalAsk.MaxBytes];
    private readonly byte[] _loss = new byte[128];
    private readonly Thread _thread;
    private readonly Lock _asksLock = new();
    private readonly TellRingBuffer _asks = new(AskRingBytes);      // under _asksLock

    // The writing thread's: events in the buffer, and those that the disk refused and that the journal has not told yet.
    private readonly long[] _inBuffer = new long[TellHub.Sources];
    private readonly long[] _untold = new long[TellHub.Sources];
    private readonly long[] _telling = new long[TellHub.Sources];
    private int _newInBuffer;
    private bool _refused;
    private bool _saidRefused;
    private long _saidMs = -SayEveryMs;
    private long _written;
    private long _lost;
    private volatile bool _ending;

    private EventJournal(SafeFileHandle alone, JournalStream tells, JournalStream asks, ulong run, JournalConfiguration configuration, TellHub hub, Action<string> say)
    {
        _alone = alone;
        _say = say;
        Tells = tells;
        Asks = asks;
        Run = run;
        _redaction = new Redaction(configuration.Redact);
        _subscription = hub.Subscribe(
            FolderName,
            TellKinds.Process | TellKinds.File | TellKinds.Network,
            new SubscriptionShape { CapacityBytes = TellRingBytes, Ready = _wake.Set, MuchBytes = TellRingBytes / 4 });
        _thread = new Thread(Work) { Name = "journal", IsBackground = true };
    }

    /// <summary>Tell events: <see cref="JournalRecordKind.Tell"/>.</summary>
    public JournalStream Tells { get; }

    /// <summary>Answered asks: <see cref="JournalRecordKind.Ask"/>.</summary>
    public JournalStream Asks { get; }

    /// <summary>This life of the host, as <see cref="JournalReader.Run"/> says it.</summary>
    public ulong Run { get; }

    public JournalFigures Figures
    {
        get
        {
            long lost = Interlocked.Read(ref _lost);
            for (int index = 0; index < TellHub.Sources; index++)
            {
                lost += _subscription.Counts(TellHub.SourceAt(index)).Lost;
            }

            long oldest = Math.Min(Tells.OldestNs is 0 ? long.MaxValue : Tells.OldestNs, Asks.OldestNs is 0 ? long.MaxValue : Asks.OldestNs);
            return new JournalFigures(
                Interlocked.Read(ref _written), lost, Tells.Bytes + Asks.Bytes,
                oldest == long.MaxValue ? null : DateTimeOffset.UnixEpoch.AddTicks(oldest / 100));
        }
    }

    /// <summary>Opens the journal and subscribes; nothing is written before <see cref="Start"/>.</summary>
    /// <param name="stateDirectory">Holds the journal's folder.</param>
    /// <param name="configuration">Its bounds.</param>
    /// <param name="hub">Where tell events are published.</param>
    /// <param name="clock">For the records' times.</param>
    /// <param name="say">Hears why there is no journal, and when the disk refuses.</param>
    /// <returns>Null when none is wanted or none can be had: a host without a journal is better than none.</returns>
    public static EventJournal? TryOpen(string stateDirectory, JournalConfiguration configuration, TellHub hub, TimeProvider clock, Action<string> say)
    {
        if (configuration.MaxMb == 0)
        {
            return null;
        }

        string folder = Path.Combine(stateDirectory, FolderName);
        SafeFileHandle? alone = null;
        JournalStream? tells = null;
        try
        {
            const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            Directory.CreateDirectory(folder, OwnerAlone);
            File.SetUnixFileMode(folder, OwnerAlone);
            alone = FileLock.TryTake(Path.Combine(folder, "lock"));
            if (alone is null)
            {
                say($"{folder}: another host keeps its journal there, so this one keeps none; give each host a state directory of its own");
                return null;
            }

            ulong run = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
            long bytes = configuration.MaxMb * 1024L * 1024;
            TimeSpan age = TimeSpan.FromHours(configuration.MaxHours);
            tells = JournalStream.Open(Path.Combine(folder, "tells"), bytes - (bytes / AskShare), age, run, clock);
            JournalStream asks = JournalStream.Open(Path.Combine(folder, "asks"), bytes / AskShare, age, run, clock);
            if (tells.Cut + asks.Cut > 0)
            {
                say($"{folder}: cut off {tells.Cut + asks.Cut} bytes that a host had not written to the end");
            }

            return new EventJournal(alone, tells, asks, run, configuration, hub, say);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or Kernel.KernelException)
        {
            tells?.Dispose();
            alone?.Dispose();
            say($"{folder}: no journal is kept: {refused.Message}");
            return null;
        }
    }

    public void Start() => _thread.Start();

    /// <inheritdoc/>
    public void Review(in ReviewedAsk ask)
    {
        JournalAsk kept = JournalAsk.Of(ask);
        _redaction.Ask(ref kept);
        int length = kept.Write(_ask);
        bool ready;
        lock (_asksLock)
        {
            int used = _asks.Used;
            if (!_asks.TryAdd(1, _ask.AsSpan(0, length)))
            {
                Interlocked.Increment(ref _lost);
                return;
            }

            ready = used == 0 || (used < AskRingBytes / 4 && _asks.Used >= AskRingBytes / 4);
        }

        if (ready)
        {
            _wake.Set();
        }
    }

    /// <summary>Completes when everything that came before can be read, or the disk has refused it.</summary>
    public Task FlushAsync()
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(done);
        if (_ending)
        {
            CompleteWaiting(_waiting.Count);
        }
        else
        {
            _wake.Set();
        }

        return done.Task;
    }

    /// <summary>Writes what has come, then ends.</summary>
    public void Dispose()
    {
        _ending = true;
        _wake.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _subscription.Dispose();
        CompleteWaiting(_waiting.Count);
        Tells.Dispose();
        Asks.Dispose();
        _alone.Dispose();
        _wake.Dispose();
    }

    private void Work()
    {
        // Asks, and whoever answers them, go first.
        _ = Urgency.TryStandBack();
        long tidied = Environment.TickCount64;
        bool more = false;
        while (true)
        {
            bool last = _ending;
            if (!last && !more)
            {
                Await();
            }

            int waiting = _waiting.Count;
            more = TakeTells() | TakeAsks();
            FlushTells();
            FlushAsks();
            if (Environment.TickCount64 - tidied >= TidyEveryMs)
            {
                tidied = Environment.TickCount64;
                Tells.Tidy();
                Asks.Tidy();
            }

            if (!more)
            {
                CompleteWaiting(waiting);
            }

            if (last && !more)
            {
                return;
            }
        }
    }

    private void Await()
    {
        if (Poll.Readable([_wake.Handle], TidyEveryMs) == 0)
        {
            return;
        }

        _wake.Clear();
        if (!_ending && _waiting.IsEmpty && Poll.Readable([_wake.Handle], GatherMs) != 0)
        {
            _wake.Clear();
        }
    }

    private void CompleteWaiting(int count)
    {
        for (int i = 0; i < count && _waiting.TryDequeue(out TaskCompletionSource? done); i++)
        {
            done.TrySetResult();
        }
    }

    // Whether there is more.
    private bool TakeTells()
    {
        for (int batches = 0; batches < BatchesInARow; batches++)
        {
            if (!_subscription.TryTake(_batch, out int length) || !TellBatch.TryRead(_batch.AsSpan(0, length), out TellBatch batch))
            {
                return false;
            }

            foreach (ReadOnlySpan<byte> encoded in batch)
            {
                AddTell(encoded);
            }
        }

        return true;
    }

    private void AddTell(ReadOnlySpan<byte> encoded)
    {
        TellUntold();
        ReadOnlySpan<byte> kept = _redaction.Tell(encoded);
        if (kept.IsEmpty)
        {
            return;
        }

        if (!Tells.TryAdd(JournalRecordKind.Tell, kept))
        {
            FlushTells();
            TellUntold();
            _ = Tells.TryAdd(JournalRecordKind.Tell, kept);
        }

        // Every event begins with its kind, a u16, and its source, a byte, each behind a field's head (docs/protocol.md, "Event").
        int source = TellHub.IndexOf((TellKinds)encoded[(2 * Protocol.FieldHeadBytes) + sizeof(ushort)]);
        if (source >= _inBuffer.Length)
        {
            return;     // of no source that is counted
        }

        bool tellsLoss = encoded[Protocol.FieldHeadBytes] == (byte)TellEventKind.Loss;
        _newInBuffer++;
        _inBuffer[source] += tellsLoss && TellReader.TryRead(encoded, out TellReader loss) ? (long)loss.Lost : 1;
    }

    // What the disk refused is told in its place: before the next events that it takes.
    private void TellUntold()
    {
        for (int index = 0; index < TellHub.Sources; index++)
        {
            if (_untold[index] > 0 && _telling[index] == 0)
            {
                TellWriter writer = new(_loss, TellEventKind.Loss, TellHub.SourceAt(index), sequence: 0, TellHub.NowNs());
                writer.Lost((ulong)_untold[index], exact: true, LossPlace.Host);
                _telling[index] = Tells.TryAdd(JournalRecordKind.Tell, _loss.AsSpan(0, writer.Finish())) ? _untold[index] : 0;
            }
        }
    }

    private void FlushTells()
    {
        bool written = Tells.TryFlush(out int records);
        for (int index = 0; index < TellHub.Sources; index++)
        {
            _untold[index] += written ? -_telling[index] : _inBuffer[index];
            _inBuffer[index] = 0;
            _telling[index] = 0;
        }

        // A loss that could not be told is told later, and is none of its own.
        Count(Tells, written, written ? records : _newInBuffer);
        _newInBuffer = 0;
    }

    private bool TakeAsks()
    {
        bool more = false;
        lock (_asksLock)
        {
            long next = _asks.Head;
            long taken = next;
            while (!more && _asks.TryRead(ref next, out _, out ReadOnlySpan<byte> record))
            {
                more = !Asks.TryAdd(JournalRecordKind.Ask, record);
                taken = more ? taken : next;
            }

            _asks.Release(taken);
        }

        return more;
    }

    private void FlushAsks()
    {
        bool written = Asks.TryFlush(out int records);
        Count(Asks, written, records);
    }

    private void Count(JournalStream stream, bool written, long records)
    {
        Interlocked.Add(ref written ? ref _written : ref _lost, records);
        if (written != _refused || records == 0)
        {
            return;
        }

        // A disk that is nearly full takes some and refuses some: once in a while is enough to be told.
        _refused = !written;
        long now = Environment.TickCount64;
        if (written ? _saidRefused : now - _saidMs >= SayEveryMs)
        {
            _saidRefused = !written;
            _saidMs = now;
            _say(written ? "the journal is written again" : $"the journal cannot be written: {stream.Refusal}; what comes until it can is counted as lost");
        }
    }
}
