using System.Text.Json;
using Ringwall.Contract;

namespace Ringwall.Host.Configuration;

/// <summary>
/// One JSON object of a configuration, read key by key. What is wrong is noted and read as absent, so that reading goes on and all problems are told at once.
/// </summary>
internal sealed class ConfigurationObject
{
    private readonly JsonElement _element;
    private readonly string _file;
    private readonly string _path;
    private readonly List<ConfigurationProblem> _problems;
    private readonly HashSet<string> _known = [];

    private ConfigurationObject(JsonElement element, string file, string path, List<ConfigurationProblem> problems)
    {
        _element = element;
        _file = file;
        _path = path;
        _problems = problems;
    }

    public static ConfigurationObject Root(JsonElement element, string file, List<ConfigurationProblem> problems)
    {
        ConfigurationObject root = new(element, file, "", problems);
        if (element.ValueKind == JsonValueKind.Object)
        {
            return root;
        }

        problems.Add(new ConfigurationProblem(file, $"it holds {Spoken(element)}, not an object", "begin with { and end with }"));
        using JsonDocument empty = JsonDocument.Parse("{}");
        return new ConfigurationObject(empty.RootElement.Clone(), file, "", problems);
    }

    public bool? Flag(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => Refuse<bool?>(key, $"it is {Spoken(other)}", "write true or false"),
    };

    public int? Number(string key, int least, int most)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        bool whole = value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least && number <= most;
        return whole ? value.GetInt32() : Refuse<int?>(key, $"it is {Spoken(value)}", $"write a whole number from {least} to {most}");
    }

    public IReadOnlyList<int> Numbers(string key, int least, int most)
    {
        if (Find(key) is not { } value)
        {
            return [];
        }

        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int number) && number >= least && number <= most)
            ? [.. value.EnumerateArray().Select(item => item.GetInt32())]
            : Refuse<IReadOnlyList<int>>(key, $"it is {Spoken(value)}", $"write a list of whole numbers from {least} to {most}") ?? [];
    }

    public TimeSpan? Milliseconds(string key, TimeSpan shortest, TimeSpan longest)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        bool whole = value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _);
        TimeSpan read = whole ? TimeSpan.FromMilliseconds(value.GetInt32()) : TimeSpan.MinValue;
        return read >= shortest && read <= longest
            ? read
            : Refuse<TimeSpan?>(
                key,
                $"it is {Spoken(value)}",
                $"write milliseconds as a whole number from {shortest.TotalMilliseconds} to {longest.TotalMilliseconds}");
    }

    public string? OneOf(string key, params string[] words) => Find(key) is { } value ? OneOf(key, value, words) : null;

    /// <summary>A list of words, each one of those that are known.</summary>
    public IReadOnlyList<string> Words(string key, params string[] words)
    {
        if (Find(key) is not { } value)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return Refuse<IReadOnlyList<string>>(key, $"it is {Spoken(value)}", "write a list of words, [ … ]") ?? [];
        }

        return [.. value.EnumerateArray().Select((item, i) => OneOf($"{key}[{i}]", item, words)).OfType<string>()];
    }

    public string? Text(string key, int longest) => Find(key) is { } value ? Text(key, value, longest) : null;

    public string? RequiredText(string key, int longest, string remedy) => Find(key) switch
    {
        null => Refuse<string>(key, "it is missing", remedy),
        { ValueKind: JsonValueKind.String } value when value.GetString()!.Length == 0 => Refuse<string>(key, "it is empty", remedy),
        { } value => Text(key, value, longest),
    };

    /// <summary>A SHA-256 in hexadecimal; required.</summary>
    public string? Digest(string key)
    {
        string? text = Find(key) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
        return text is { Length: 64 } && text.All(c => char.IsAsciiHexDigitLower(c))
            ? text
            : Refuse<string>(key, Find(key) is { } other ? $"it is {Spoken(other)}" : "it is missing", "write a SHA-256 as 64 digits of 0-9 and a-f");
    }

    /// <summary>A number of bytes; required.</summary>
    public long? Size(string key, long most)
    {
        bool whole = Find(key) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number) && number >= 0 && number <= most;
        return whole
            ? Find(key)!.Value.GetInt64()
            : Refuse<long?>(key, Find(key) is { } other ? $"it is {Spoken(other)}" : "it is missing", $"write a whole number from 0 to {most}");
    }

    public bool Has(string key) => Find(key) is not null;

    public IReadOnlyList<string> Texts(string key, int longest)
    {
        if (Find(key) is not { } value)
        {
            return [];
        }

        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select((item, i) => Text($"{key}[{i}]", item, longest)).OfType<string>()]
            : Refuse<IReadOnlyList<string>>(key, $"it is {Spoken(value)}", "write a list of strings") ?? [];
    }

    /// <summary>An absolute path; that something is there is not asked.</summary>
    public string? Path(string key) => Find(key) is { } value ? AbsolutePath(key, value) : null;

    public IReadOnlyList<string>? Paths(string key)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return Refuse<IReadOnlyList<string>>(key, $"it is {Spoken(value)}", "write a list of absolute paths, as [\"/srv\"]");
        }

        return [.. value.EnumerateArray().Select((item, i) => AbsolutePath($"{key}[{i}]", item)).OfType<string>()];
    }

    public string? ExistingFolder(string key, string mustHold)
    {
        if (Find(key) is not { } value)
        {
            return Refuse<string>(key, "it is missing", $"name the folder that holds {mustHold}");
        }

        if (AbsolutePath(key, value) is not { } folder)
        {
            return null;
        }

        if (!Directory.Exists(folder))
        {
            return Refuse<string>(key, $"there is no folder {folder}", "install the sensor there, or name the folder where it is");
        }

        return File.Exists(System.IO.Path.Combine(folder, mustHold))
            ? folder
            : Refuse<string>(key, $"{folder} holds no {mustHold}", "name the folder that the vendor's package was unpacked to");
    }

    public IReadOnlyList<string> ExistingFolders(string key)
    {
        IReadOnlyList<string> folders = Paths(key) ?? [];
        for (int i = 0; i < folders.Count; i++)
        {
            if (!Directory.Exists(folders[i]))
            {
                Refuse<string>($"{key}[{i}]", $"there is no folder {folders[i]}", "name an existing folder of content");
            }
        }

        return folders;
    }

    /// <summary>A name as the sensor protocol has it (docs/protocol.md), begun with a letter so that it is safe as a file name.</summary>
    public string? SensorName(string key)
    {
        if (Find(key) is not { } value)
        {
            return Refuse<string>(key, "it is missing", "give the sensor a name");
        }

        string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        bool good = text.Length is >= 1 and <= Protocol.MaxNameBytes && char.IsAsciiLetterLower(text[0])
            && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.');
        return good ? text : Refuse<string>(key, $"it is {Spoken(value)}", $"use 1 to {Protocol.MaxNameBytes} of a-z, 0-9, '-', '_' and '.', beginning with a letter");
    }

    public ConfigurationObject? Object(string key)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Object
            ? new ConfigurationObject(value, _file, Full(key), _problems)
            : Refuse<ConfigurationObject>(key, $"it is {Spoken(value)}", "write an object, { … }");
    }

    public IReadOnlyList<ConfigurationObject> Objects(string key)
    {
        if (Find(key) is not { } value)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return Refuse<IReadOnlyList<ConfigurationObject>>(key, $"it is {Spoken(value)}", "write a list of objects, [ { … } ]") ?? [];
        }

        List<ConfigurationObject> read = [];
        foreach (JsonElement item in value.EnumerateArray())
        {
            int i = read.Count;
            if (item.ValueKind == JsonValueKind.Object)
            {
                read.Add(new ConfigurationObject(item, _file, $"{Full(key)}[{i}]", _problems));
            }
            else
            {
                Refuse<string>($"{key}[{i}]", $"it is {Spoken(item)}", "write an object, { … }");
            }
        }

        return read;
    }

    /// <summary>Call last: every key that nobody asked for is a problem.</summary>
    public void NothingElse(string reference)
    {
        foreach (JsonProperty property in _element.EnumerateObject())
        {
            if (!_known.Contains(property.Name))
            {
                Refuse<string>(property.Name, "there is no such key", $"known here: {string.Join(", ", _known.Order())}; {reference}");
            }
        }
    }

    private JsonElement? Find(string key)
    {
        _known.Add(key);
        return _element.TryGetProperty(key, out JsonElement value) ? value : null;
    }

    private string? OneOf(string key, JsonElement value, string[] words)
    {
        string? text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is not null && words.Contains(text)
            ? text
            : Refuse<string>(key, $"it is {Spoken(value)}", $"write one of {string.Join(", ", words.Select(word => $"\"{word}\""))}");
    }

    private string? Text(string key, JsonElement value, int longest)
    {
        string? text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is not null && text.Length <= longest && !text.Contains('\0', StringComparison.Ordinal)
            ? text
            : Refuse<string>(key, $"it is {Spoken(value)}", $"write a string of at most {longest} characters");
    }

    private string? AbsolutePath(string key, JsonElement value)
    {
        string? text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        if (text is null || text.Length == 0 || text[0] != '/' || text.Contains('\0', StringComparison.Ordinal))
        {
            return Refuse<string>(key, $"it is {Spoken(value)}", "write an absolute path, beginning with /");
        }

        // Without a trailing slash or dots, so that prefixes compare as written.
        return System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(text));
    }

    private T? Refuse<T>(string key, string reason, string remedy)
    {
        _problems.Add(new ConfigurationProblem($"{_file}: {Full(key)}", reason, remedy));
        return default;
    }

    private string Full(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    private static string Spoken(JsonElement value)
    {
        string raw = value.GetRawText().ReplaceLineEndings(" ");
        return raw.Length <= 60 ? raw : $"{raw[..57]}...";
    }
}
