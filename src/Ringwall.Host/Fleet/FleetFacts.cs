// Owns:     STATE/fleet/facts.jsonl: what happened on this device and the agent does not have on its own disk yet. The first line has the next number; each further line is one fact.
// Threads:  Happened from any, without waiting; all else by the door's thread.
// Ordering: a fact is on the disk before it is told; a number that was told is on the disk before it is told, so that none ever means two things; a fact is forgotten only when the
//           agent says that it has it.

using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ringwall.Host.Generations.Store;
using Ringwall.Wire.Fleet;

namespace Ringwall.Host.Fleet;

/// <summary>What happened, kept until the agent has it. Bounded: when there is too much, the oldest is forgotten, and how much was is told.</summary>
internal sealed class FleetFacts
{
    public const string Name = "facts.jsonl";

    /// <summary>More than so many are not kept.</summary>
    public const int Most = 4096;

    private readonly string _path;
    private readonly Action<string> _say;
    private readonly ConcurrentQueue<Fact> _fresh = new();
    private readonly Queue<Fact> _kept = new();
    private long _next = 1;
    private long _lost;
    private bool _diskRefuses;

    private FleetFacts(string path, Action<string> say)
    {
        _path = path;
        _say = say;
    }

    /// <summary>Facts that were forgotten before anybody asked.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <exception cref="IOException">The disk refused.</exception>
    public static FleetFacts Open(string folder, Action<string> say)
    {
        FleetFacts facts = new(Path.Combine(folder, Name), say);
        facts.Read();
        return facts;
    }

    /// <summary>Notes something down. Never waits; what is beyond the bound while the door's thread is busy is counted as lost.</summary>
    public void Happened(Fact fact)
    {
        if (_fresh.Count < Most)
        {
            _fresh.Enqueue(fact);
        }
        else
        {
            Interlocked.Increment(ref _lost);
        }
    }

    /// <summary>Brings what happened to the disk. A disk that refuses is said once, and tried again the next time.</summary>
    public bool TryKeep()
    {
        if (_fresh.IsEmpty && !_diskRefuses)
        {
            return true;
        }

        while (_fresh.TryDequeue(out Fact? fact))
        {
            _kept.Enqueue(fact with { Number = _next++ });
            if (_kept.Count > Most)
            {
                _kept.Dequeue();
                Interlocked.Increment(ref _lost);
            }
        }

        try
        {
            Save();
            _diskRefuses = false;
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            if (!_diskRefuses)
            {
                _say($"{_path}: {refused.Message}; what happens is kept in memory until it can be written");
            }

            _diskRefuses = true;
            return false;
        }
    }

    /// <summary>What is to be told next, the oldest first.</summary>
    /// <param name="after">The agent has everything up to this number: it is forgotten.</param>
    /// <param name="takes">Whether there is room for one more.</param>
    /// <param name="number">What the agent says as <paramref name="after"/> when it has these.</param>
    /// <param name="hasMore">Some found no room.</param>
    /// <returns>Null when the disk refuses: nothing is told that could be told twice under two numbers.</returns>
    public IReadOnlyList<Fact>? Tell(long after, Func<Fact, bool> takes, out long number, out bool hasMore)
    {
        (number, hasMore) = (0, false);
        while (_kept.TryPeek(out Fact? oldest) && oldest.Number <= after)
        {
            _kept.Dequeue();
        }

        // An agent that knows higher numbers than we do: our disk was set back. Numbers that it has must not come again.
        _next = Math.Max(_next, after + 1);
        _diskRefuses = true;
        if (!TryKeep())
        {
            return null;
        }

        List<Fact> told = [.. _kept.TakeWhile(takes)];
        number = told.Count == 0 ? after : told[^1].Number;
        hasMore = told.Count < _kept.Count;
        return told;
    }

    private void Read()
    {
        if (!File.Exists(_path))
        {
            return;
        }

        bool first = true;
        foreach (string line in File.ReadLines(_path))
        {
            try
            {
                if (first)
                {
                    _next = JsonSerializer.Deserialize(line, FactJson.Default.FactsHead)!.Next;
                    first = false;
                    continue;
                }

                Fact fact = JsonSerializer.Deserialize(line, FactJson.Default.Fact)!;
                _next = Math.Max(_next, fact.Number + 1);
                _kept.Enqueue(fact);
            }
            catch (JsonException broken)
            {
                // Not by a crash: the file is replaced whole.
                _say($"{_path}: a line is broken and passed over: {broken.Message.TrimEnd('.')}");
            }
        }
    }

    private void Save()
    {
        using MemoryStream text = new();
        JsonSerializer.Serialize(text, new FactsHead(_next), FactJson.Default.FactsHead);
        text.WriteByte((byte)'\n');
        foreach (Fact fact in _kept)
        {
            JsonSerializer.Serialize(text, fact, FactJson.Default.Fact);
            text.WriteByte((byte)'\n');
        }

        StoreFiles.Replace(_path, text.GetBuffer().AsSpan(0, (int)text.Length));
    }
}

/// <summary>One thing that happened.</summary>
internal sealed record Fact
{
    /// <summary>Counts up, and is never used twice; 0 until it is kept.</summary>
    public long Number { get; init; }

    /// <summary>A harm; null for a probation.</summary>
    public HarmReport? Harm { get; init; }

    /// <summary>Whose probation ended, and of which generation: its report is on the disk already.</summary>
    public string? Sensor { get; init; }

    public long Generation { get; init; }
}

/// <summary>The first line of the file.</summary>
internal sealed record FactsHead(long Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FactsHead))]
[JsonSerializable(typeof(Fact))]
internal sealed partial class FactJson : JsonSerializerContext;
