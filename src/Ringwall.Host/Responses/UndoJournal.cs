// Owns:         journal.jsonl in the vault, and what it says.
// Threads:      any. Whoever appends waits for the disk, under a lock of its own, so that whoever reads does not.
// Ordering:     a line is on the disk before the call returns: an act is written down before it is done. A crash leaves at most one line by half, the
//               last, which was not acted upon; it is cut off at the next start.

using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Ringwall.Host.Responses;

/// <summary>What was done for sensors, append-only.</summary>
internal sealed class UndoJournal : IDisposable
{
    public const string Name = "journal.jsonl";
    private readonly SafeFileHandle _file;
    private readonly TimeProvider _clock;
    private readonly Lock _writing = new();
    private readonly Lock _lock = new();        // taken under the other, never the other way round
    private readonly SortedDictionary<long, Act> _acts = [];
    private long _length;       // under _writing
    private long _lastId;

    /// <param name="folder">Must exist.</param>
    /// <param name="clock">For the lines' times.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public UndoJournal(string folder, TimeProvider clock)
    {
        _clock = clock;
        string path = Path.Combine(folder, Name);
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Read(File.ReadAllBytes($"/proc/self/fd/{_file.DangerousGetHandle()}"));
    }

    /// <summary>Lines that are none, but the last: somebody has written into the file. What they said is lost, and nothing else.</summary>
    public int Unreadable { get; private set; }

    /// <summary>In the order in which they were done.</summary>
    public IReadOnlyList<Act> Acts
    {
        get
        {
            lock (_lock)
            {
                return [.. _acts.Values];
            }
        }
    }

    /// <summary>A number for the next act, which nobody else gets.</summary>
    public long NextId()
    {
        lock (_lock)
        {
            return ++_lastId;
        }
    }

    public Act? Find(long id)
    {
        lock (_lock)
        {
            return _acts.GetValueOrDefault(id);
        }
    }

    /// <summary>Writes down what is about to be done.</summary>
    /// <exception cref="IOException">It cannot be written down, so it must not be done.</exception>
    public Act Begin(Act act)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        act = act with { At = now, Since = now, State = ActState.Begun };
        Append(new JournalLine { Id = act.Id, Step = ActState.Begun, At = now, Act = act });
        return act;
    }

    /// <summary>Writes down how far an act has come.</summary>
    /// <exception cref="IOException">It cannot be written down; after the next start it is found out anew.</exception>
    public Act Step(Act act, ActState step, string note = "", (ulong Device, ulong Inode) returning = default)
    {
        Append(new JournalLine
        {
            Id = act.Id, Step = step, At = _clock.GetUtcNow(), Note = note.Length > 0 ? note : null, Device = returning.Device, Inode = returning.Inode,
        });
        return Find(act.Id)!;
    }

    public void Dispose() => _file.Dispose();

    private void Append(JournalLine line)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, JournalLineJson.Default.JournalLine), (byte)'\n'];
        lock (_writing)
        {
            try
            {
                RandomAccess.Write(_file, bytes, _length);
                RandomAccess.FlushToDisk(_file);
            }
            catch (IOException)
            {
                // What is there by half is overwritten by the next line, or cut off at the next start.
                RandomAccess.SetLength(_file, _length);
                throw;
            }

            _length += bytes.Length;
            lock (_lock)
            {
                Take(line);
            }
        }
    }

    private void Read(byte[] text)
    {
        int at = 0;
        for (int end; (end = Array.IndexOf(text, (byte)'\n', at)) >= 0; at = end + 1)
        {
            try
            {
                Take(JsonSerializer.Deserialize(text.AsSpan(at, end - at), JournalLineJson.Default.JournalLine)!);
            }
            catch (JsonException)
            {
                Unreadable++;
            }
        }

        _length = at;
        if (at < text.Length)
        {
            RandomAccess.SetLength(_file, at);
        }
    }

    // A time that is still to come is now: the wall clock was set back.
    private TimeSpan MomentOf(DateTimeOffset at)
    {
        TimeSpan age = _clock.GetUtcNow() - at;
        return _clock.GetElapsedTime(0) - (age > TimeSpan.Zero ? age : TimeSpan.Zero);
    }

    private void Take(JournalLine line)
    {
        _lastId = Math.Max(_lastId, line.Id);
        Act? begun = line.Act is { } written ? written with { Moment = MomentOf(line.At) } : _acts.GetValueOrDefault(line.Id);
        if (begun is { } act)
        {
            _acts[line.Id] = act with
            {
                Id = line.Id,
                State = line.Step,
                Since = line.At,
                Note = line.Note ?? "",
                Returning = line.Step == ActState.Returning ? (line.Device, line.Inode) : default,
            };
        }
    }
}
