// Owns:     one sensor's folder in the store: N/{engine,content,generation.json} for each generation, state.json, and what a crash left under names that begin with a dot.
// Threads:  any; readers see the last whole picture without waiting, changes are under the lock, which is held while the disk is written.
// Ordering: the disk first, then the picture. When the disk refuses, the picture is read from it anew: old or new, whatever it has.

using System.Globalization;
using System.Text.Json;
using Ringwall.Host.Configuration;
using Ringwall.Host.Sandboxes;

namespace Ringwall.Host.Generations.Store;

/// <summary>The generations of one sensor.</summary>
internal sealed class SensorShelf
{
    private const string StateName = "state.json";
    private const string GonePrefix = ".gone-";
    private readonly SensorConfiguration _sensor;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private volatile Picture _picture;
    private bool _stale;        // under _lock: the disk could not be read after a change

    /// <exception cref="IOException">The disk refused.</exception>
    public SensorShelf(string store, SensorConfiguration sensor, TimeProvider clock)
    {
        Folder = Path.Combine(store, sensor.Name);
        _sensor = sensor;
        _clock = clock;
        Sweep();
        _picture = Read();
    }

    public string Folder { get; }

    /// <summary>What is wrong with what was found, one line each; empty when it is whole.</summary>
    public IReadOnlyList<string> Problems => _picture.Problems;

    /// <summary>In the order of their numbers.</summary>
    public IReadOnlyList<Generation> All => _picture.All;

    public Generation? InService => Find(GenerationState.InService);

    public Generation? Fallback => Find(GenerationState.Fallback);

    public long? Pinned => _picture.State.Pinned;

    /// <summary>What the next one is called.</summary>
    public long Next => Math.Max(_picture.State.Next, _picture.Records.Keys.DefaultIfEmpty(0).Max() + 1);

    public string FolderOf(long number) => Path.Combine(Folder, number.ToString(CultureInfo.InvariantCulture));

    /// <exception cref="StoreException">It has none: number 0, or damaged.</exception>
    public GenerationRecord RecordOf(long number) => _picture.Records.GetValueOrDefault(number)
        ?? throw new StoreException(StoreFault.NoSuchGeneration, Thing(number), "there is no such generation in the store", "`ringwall generations` lists those that are");

    /// <summary>Looks again, if the disk could not be read after the last change.</summary>
    public void Refresh() => Changed(static () => { });

    /// <summary>The generation that is made of these very bytes.</summary>
    public Generation? Same(string digest) => All.FirstOrDefault(one => _picture.Records.TryGetValue(one.Number, out GenerationRecord? record) && record.Digest() == digest);

    /// <summary>Gives a folder that was made beside its place and its number.</summary>
    public Generation Add(string made, long number)
    {
        Changed(() => StoreFiles.Rename(made, FolderOf(number)));
        return All.Single(one => one.Number == number);
    }

    public void Promote(long number) => Change(state =>
    {
        Generation chosen = Existing(number);
        if (chosen.State == GenerationState.Refused)
        {
            throw new StoreException(StoreFault.Refused, Thing(number), $"it is refused: {chosen.Why}", "forgive it first, or install a newer release");
        }

        if (state.Pinned is { } pinned && pinned != number)
        {
            throw new StoreException(StoreFault.Pinned, Thing(number), $"{_sensor.Name} is pinned to generation {pinned}", $"`ringwall pin {_sensor.Name} --off` lets it go");
        }

        return state with { InService = number, Served = Before(state, number) };
    });

    /// <summary>The one in service is refused, and the one before it is in service again.</summary>
    public void FallBack(string why) => Change(state =>
    {
        Generation failed = InService ?? throw new StoreException(StoreFault.State, _sensor.Name, "no generation is in service", "`ringwall promote` puts one into service");
        Generation back = Fallback ?? throw new StoreException(StoreFault.State, Thing(failed.Number), "there is none to return to", "install another release");
        return Refused(state, failed.Number, why, served: true) with
        {
            InService = back.Number,
            Served = [.. state.Served.Where(number => number != back.Number && number != failed.Number)],
            Pinned = state.Pinned == failed.Number ? null : state.Pinned,
        };
    });

    public void Refuse(long number, string why) => Change(state => Existing(number).State == GenerationState.InService
        ? throw new StoreException(StoreFault.State, Thing(number), "it is in service", "fall back from it")
        : Refused(state, number, why));

    public void Forgive(long number) => Change(state => Existing(number).State == GenerationState.Refused
        ? state with { Refused = [.. state.Refused.Where(refusal => refusal.Number != number)] }
        : throw new StoreException(StoreFault.State, Thing(number), "it is not refused", "nothing is to be forgiven"));

    /// <summary>It passed its trial, and need not be tried again.</summary>
    public void Pass(long number) => Change(state => state with { Passed = [.. state.Passed.Where(one => one != number), Existing(number).Number] });

    public void Pin(long? number) => Change(state => number is not { } one || Existing(one).State == GenerationState.InService
        ? state with { Pinned = number }
        : throw new StoreException(StoreFault.State, Thing(one), "it is not in service", "promote it first"));

    /// <summary>Removes the oldest while there are more, or they take more, than shall be kept. What is in use, or may be soon, stays.</summary>
    public void CleanUp(GenerationRules keep)
    {
        Changed(() =>
        {
            Generation? newest = All.LastOrDefault(one => one.State == GenerationState.Waiting);
            Queue<Generation> mayGo = new(All.Where(one =>
                one.Number > 0 && one != newest && !one.Pinned && one.State is not (GenerationState.InService or GenerationState.Fallback)));
            int count = _picture.Records.Count;
            long bytes = All.Sum(one => one.Bytes);
            while ((count > keep.KeepCount || bytes > keep.KeepMb * 1024L * 1024) && mayGo.TryDequeue(out Generation? goes))
            {
                if (_picture.State.Next <= goes.Number)
                {
                    Write(_picture.State with { Next = Next });
                }

                Remove(goes.Number);
                count--;
                bytes -= goes.Bytes;
            }
        });
    }

    private static string Named(string folder) => Path.GetFileName(folder)!;

    private string Thing(long number) => $"{_sensor.Name} {number.ToString(CultureInfo.InvariantCulture)}";

    private Generation? Find(GenerationState state) => All.FirstOrDefault(one => one.State == state);

    private bool Exists(long number) => All.Any(one => one.Number == number);

    private Generation Existing(long number) => All.FirstOrDefault(one => one.Number == number)
        ?? throw new StoreException(StoreFault.NoSuchGeneration, Thing(number), "there is no such generation", $"`ringwall generations {_sensor.Name}` lists those that are");

    private List<long> Before(StoreState state, long number)
    {
        List<long> served = [.. state.Served.Where(one => one != number)];
        if (InService is { } now && now.Number != number)
        {
            served.Remove(now.Number);
            served.Add(now.Number);
        }

        return served;
    }

    private StoreState Refused(StoreState state, long number, string why, bool served = false)
    {
        IEnumerable<Refusal> others = state.Refused.Where(refusal => refusal.Number != number);
        return state with { Refused = [.. others, new Refusal(number, why, _clock.GetUtcNow(), served)] };
    }

    private void Change(Func<StoreState, StoreState> to) => Changed(() => Write(to(_picture.State)));

    private void Changed(Action how)
    {
        lock (_lock)
        {
            if (_stale)
            {
                Look();
            }

            try
            {
                how();
            }
            finally
            {
                Look();
            }
        }
    }

    private void Look()
    {
        _stale = true;
        _picture = Read();
        _stale = false;
    }

    private void Write(StoreState state)
    {
        StoreFiles.MakeFolder(Folder);
        state = state with
        {
            Next = Next,
            Served = [.. state.Served.Where(Exists)],
            Passed = [.. state.Passed.Where(Exists)],
            Refused = [.. state.Refused.Where(refusal => Exists(refusal.Number))],
        };
        StoreFiles.Replace(Path.Combine(Folder, StateName), JsonSerializer.SerializeToUtf8Bytes(state, StoreJson.Default.StoreState));
    }

    // Out of sight first, so that nobody finds a generation that lacks files.
    private void Remove(long number)
    {
        string gone = Path.Combine(Folder, GonePrefix + Named(FolderOf(number)));
        StoreFiles.Rename(FolderOf(number), gone);
        Directory.Delete(gone, recursive: true);
    }

    // What a crash left half made or half removed.
    private void Sweep()
    {
        foreach (string entry in StoreFiles.Entries(Folder).Where(entry => Named(entry).StartsWith('.')))
        {
            if (Directory.Exists(entry))
            {
                Directory.Delete(entry, recursive: true);
            }
            else
            {
                File.Delete(entry);
            }
        }
    }

    private Picture Read()
    {
        List<string> problems = [];
        StoreState state = ReadState(problems);
        SortedDictionary<long, GenerationRecord> records = ReadRecords(problems);
        HashSet<long> there = [.. records.Keys];
        if (_sensor.Folder.Length > 0)
        {
            there.Add(0);
        }

        HashSet<long> refused = [.. state.Refused.Select(refusal => refusal.Number)];
        long? inService = state.InService is { } named && there.Contains(named) ? named : null;
        if (inService is null && state.InService is { } lost)
        {
            problems.Add($"{Thing(lost)}: it was in service and is gone from {Folder}");
        }

        IEnumerable<long> earlier = state.Served.Reverse().Append(0).Where(number => there.Contains(number) && !refused.Contains(number));
        inService ??= earlier.Select(number => (long?)number).FirstOrDefault();
        long? fallback = earlier.Where(number => number != inService && state.Served.Contains(number)).Select(number => (long?)number).FirstOrDefault();
        Generation[] all = [.. there.Order().Select(number => Of(number, records.GetValueOrDefault(number), state, inService, fallback))];
        return new Picture(state, records, all, problems);
    }

    private Generation Of(long number, GenerationRecord? record, StoreState state, long? inService, long? fallback)
    {
        Refusal? refusal = state.Refused.LastOrDefault(one => one.Number == number);
        string? why = refusal?.Why;
        GenerationState what = number == inService ? GenerationState.InService
            : why is not null ? GenerationState.Refused
            : number == fallback ? GenerationState.Fallback
            : number > (inService ?? 0) && !state.Served.Contains(number) ? GenerationState.Waiting
            : GenerationState.Kept;
        if (record is null)
        {
            SensorManifest? manifest = SensorManifestFile.Read(_sensor.Folder, out _);
            return new Generation(_sensor.Name, number, _sensor.Folder, _sensor.Content, manifest?.Version ?? "", "", what, why)
            {
                Vendor = manifest?.Vendor ?? "",
                Pinned = state.Pinned == number,
            };
        }

        string folder = FolderOf(number);
        IEnumerable<string> own = record.Manifest.Content is null ? [] : [Path.Combine(folder, "content")];
        return new Generation(
            _sensor.Name, number, Path.Combine(folder, "engine"), [.. own, .. _sensor.Content], record.Manifest.Engine?.Version ?? "", record.Manifest.Content?.Version ?? "", what, why)
        {
            Version = record.Manifest.Version,
            Vendor = record.Manifest.Vendor,
            Bytes = record.Manifest.Files.Sum(file => file.Bytes),
            Installed = record.Installed,
            Release = record.Release,
            FellBack = refusal?.Served ?? false,
            Passed = state.Passed.Contains(number),
            Pinned = state.Pinned == number,
        };
    }

    private StoreState ReadState(List<string> problems)
    {
        string path = Path.Combine(Folder, StateName);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), StoreJson.Default.StoreState) ?? throw new JsonException("it is null");
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException)
        {
            return new StoreState();
        }
        catch (JsonException broken)
        {
            // Not by a crash: it was changed, or the disk lost it. What is known to work without it is what the configuration names.
            problems.Add($"{path}: this is no state of a store: {broken.Message.TrimEnd('.')}; `ringwall promote {_sensor.Name} N` writes a new one");
            return new StoreState();
        }
    }

    private SortedDictionary<long, GenerationRecord> ReadRecords(List<string> problems)
    {
        SortedDictionary<long, GenerationRecord> records = [];
        foreach (string folder in StoreFiles.Entries(Folder).Where(entry => !Named(entry).StartsWith('.') && Named(entry) != StateName))
        {
            string path = Path.Combine(folder, GenerationRecord.FileName);
            try
            {
                GenerationRecord? record = JsonSerializer.Deserialize(File.ReadAllBytes(path), StoreJson.Default.GenerationRecord);
                if (record is null || FolderOf(record.Number) != folder)
                {
                    throw new JsonException("it speaks of another generation");
                }

                records.Add(record.Number, record);
            }
            catch (Exception broken) when (broken is JsonException or FileNotFoundException or DirectoryNotFoundException)
            {
                problems.Add($"{path}: this is no record of a generation: {broken.Message.TrimEnd('.')}; remove {folder}, and install the release again");
            }
        }

        return records;
    }

    /// <summary>All that is known of a sensor at one moment.</summary>
    private sealed record Picture(
        StoreState State, SortedDictionary<long, GenerationRecord> Records, IReadOnlyList<Generation> All, IReadOnlyList<string> Problems);
}
