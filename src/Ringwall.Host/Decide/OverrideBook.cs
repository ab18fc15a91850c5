// Owns:     overrides.json in the state directory, and the list that it holds.
// Threads:  any, under the lock; the answering thread reads Overrides, which is replaced whole.
// Ordering: written beside, flushed, renamed over: after a crash the file is the old list or the new one.

using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Win32.SafeHandles;
using Ringwall.Host.Configuration;
using Ringwall.Host.Control;
using Ringwall.Kernel.Files;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Decide;

/// <summary>The operators' overrides, kept over restarts.</summary>
internal sealed class OverrideBook : IOverrides
{
    public const string Name = "overrides.json";
    private const string Remedy = "mend it, or remove it to start without overrides";
    private readonly string _path;
    private readonly Overrides _overrides;
    private readonly Action _changed;
    private readonly Lock _lock = new();
    private List<OverrideEntry> _entries;

    /// <param name="stateDirectory">Must exist.</param>
    /// <param name="overrides">Where the answering thread looks.</param>
    /// <param name="changed">Drops what was remembered.</param>
    /// <exception cref="InvalidDataException">The file cannot be read; it is left as it is.</exception>
    public OverrideBook(string stateDirectory, Overrides overrides, Action changed)
    {
        _path = Path.Combine(stateDirectory, Name);
        _overrides = overrides;
        _changed = changed;
        _entries = Read(_path, out ConfigurationProblem? problem) ?? throw new InvalidDataException(problem!.ToString());
        Publish();
    }

    /// <summary>What is wrong with the overrides of a state directory; null when they can be used, or there are none.</summary>
    public static ConfigurationProblem? Check(string stateDirectory)
    {
        _ = Read(Path.Combine(stateDirectory, Name), out ConfigurationProblem? problem);
        return problem;
    }

    public IReadOnlyList<OverrideLine> List()
    {
        lock (_lock)
        {
            return [.. _entries.Select(entry => new OverrideLine
            {
                Path = entry.Path,
                Since = entry.Since,
                ByUid = entry.ByUid,
                Note = entry.Note,
                Used = _overrides.Used(entry.File),
            })];
        }
    }

    public bool TryAllow(string path, int byUid, string? note, out string refusal)
    {
        using SafeFileHandle? held = LocalPath.TryHold(path, out refusal);
        if (held is null || !OpenFile.TryStat((int)held.DangerousGetHandle(), out FileState state))
        {
            return false;
        }

        if (!state.IsRegular)
        {
            refusal = $"{path}: only regular files are asked about, and this is none";
            return false;
        }

        // An override is of the bytes, as a verdict is.
        using SafeFileHandle file = LocalPath.OpenForReading(held);
        if (OpenFile.HasWriter((int)file.DangerousGetHandle()))
        {
            refusal = $"{path}: somebody has it open for writing, so nobody can say which bytes would be allowed; close it there, and allow it then";
            return false;
        }

        lock (_lock)
        {
            List<OverrideEntry> entries = [.. _entries.Where(entry => entry.Path != path), new OverrideEntry(path, state.Identity, DateTimeOffset.UtcNow, byUid, note)];
            if (!TryStore(entries, out refusal, anew: state.Identity))
            {
                return false;
            }
        }

        _changed();
        return true;
    }

    public bool Remove(string path, int byUid)
    {
        lock (_lock)
        {
            List<OverrideEntry> entries = [.. _entries.Where(entry => entry.Path != path)];
            if (entries.Count == _entries.Count || !TryStore(entries, out _))
            {
                return false;
            }
        }

        _changed();
        return true;
    }

    private static List<OverrideEntry>? Read(string path, out ConfigurationProblem? problem)
    {
        problem = null;
        try
        {
            List<OverrideEntry?> entries = File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), OverrideJson.Default.ListOverrideEntry) ?? [] : [];
            if (entries.TrueForAll(entry => entry?.Path is not null))
            {
                return entries!;
            }

            problem = new ConfigurationProblem(path, "an entry names no path", Remedy);
        }
        catch (Exception broken) when (broken is JsonException or IOException or UnauthorizedAccessException)
        {
            problem = new ConfigurationProblem(path, $"this is no list of overrides: {broken.Message.TrimEnd('.')}", Remedy);
        }

        return null;
    }

    private bool TryStore(List<OverrideEntry> entries, out string refusal, FileIdentity? anew = null)
    {
        string beside = _path + ".new";
        try
        {
            using (FileStream file = new(beside, FileMode.Create, FileAccess.Write))
            {
                JsonSerializer.Serialize(file, entries, OverrideJson.Default.ListOverrideEntry);
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, _path, overwrite: true);
        }
        catch (IOException why)
        {
            refusal = $"{_path}: {why.Message}; nothing was changed";
            return false;
        }

        _entries = entries;
        Publish(anew);
        refusal = "";
        return true;
    }

    private void Publish(FileIdentity? anew = null) => _overrides.Replace(_entries.Select(entry => entry.File), anew);
}

/// <summary>One override as it is stored.</summary>
internal sealed record OverrideEntry(string Path, FileIdentity File, DateTimeOffset Since, int ByUid, string? Note);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<OverrideEntry>))]
internal sealed partial class OverrideJson : JsonSerializerContext;
