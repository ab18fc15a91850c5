using System.Text.Json;
using Ringwall.Host.Responses;

namespace Ringwall.Host.Configuration;

/// <summary>
/// Reads a configuration strictly: a key that means nothing is an error, because a misspelt limit must not become a silent default. JSON with comments and trailing
/// commas.
/// </summary>
internal static class ConfigurationFile
{
    /// <summary>A configuration has a few hundred bytes; whatever is longer than this is something else.</summary>
    public const int LongestBytes = 1024 * 1024;

    private const string Reference = "docs/configuration.md lists the keys";

    public static ConfigurationResult Read(string file)
    {
        byte[] text;
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > LongestBytes } large)
            {
                return Failed(file, $"it has {large.Length:N0} bytes, and at most {LongestBytes:N0} are read", "name the configuration file");
            }

            text = File.ReadAllBytes(file);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return Failed(file, refused.Message, "name a file that exists and that root can read");
        }

        return Parse(text, file);
    }

    /// <param name="file">What to call it in messages.</param>
    public static ConfigurationResult Parse(ReadOnlyMemory<byte> text, string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                text,
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false, MaxDepth = 16 });
            return Parse(document.RootElement, file);
        }
        catch (JsonException broken)
        {
            // The parser's own words end with the line and column, counted from zero; people count from one.
            string where = broken.LineNumber is { } line ? $"{file}:{line + 1}:{broken.BytePositionInLine + 1}" : file;
            string why = broken.Message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0].TrimEnd('.');
            return Failed(where, $"this is not JSON: {why}", "mend it there");
        }
        catch (InvalidOperationException broken)
        {
            // JSON by its marks, but with text in it that is no Unicode: found only when that text is read.
            return Failed(file, $"it holds text that is not UTF-8: {broken.Message}", "save it as UTF-8");
        }
    }

    private static ConfigurationResult Parse(JsonElement root, string file)
    {
        List<ConfigurationProblem> problems = [];
        HostConfiguration defaults = new();
        ConfigurationObject top = ConfigurationObject.Root(root, file, problems);
        HostConfiguration read = new()
        {
            Guard = top.Paths("guard") ?? defaults.Guard,
            TellOnly = top.Flag("tellOnly") ?? defaults.TellOnly,
            Mounts = top.Paths("mounts") ?? defaults.Mounts,
            RunDirectory = top.Path("runDir") ?? defaults.RunDirectory,
            StateDirectory = top.Path("stateDir") ?? defaults.StateDirectory,
            Deadlines = ParseDeadlines(top.Object("deadlines")),
            Fallbacks = ParseFallbacks(top.Object("fallback")),
            Protect = ParseProtect(top.Object("protect")),
            Journal = ParseJournal(top.Object("journal")),
            Budgets = ParseBudgets(top.Object("budgets")),
            Sensors = [.. top.Objects("sensors").Select(ParseSensor)],
            Generations = ParseGenerations(top.Object("generations")),
            Fleet = ParseFleet(top.Object("fleet")),
            Isolation = ParseIsolation(top.Object("isolation")),
            WithoutGuards = top.Words("withoutGuards", [.. GuardWords.All]).Select(word => GuardWords.Read(word)!.Value).ToHashSet(),
        };
        top.NothingElse(Reference);
        RefuseDuplicates(read.Sensors, file, problems);
        return problems.Count == 0 ? new ConfigurationResult(read, []) : new ConfigurationResult(null, problems);
    }

    private static AskDeadlines ParseDeadlines(ConfigurationObject? from)
    {
        AskDeadlines defaults = new();
        if (from is null)
        {
            return defaults;
        }

        AskDeadlines read = new()
        {
            Exec = from.Milliseconds("execMs", AskDeadlines.Shortest, AskDeadlines.Longest) ?? defaults.Exec,
            Open = from.Milliseconds("openMs", AskDeadlines.Shortest, AskDeadlines.Longest) ?? defaults.Open,
        };
        from.NothingElse(Reference);
        return read;
    }

    private static AskFallbacks ParseFallbacks(ConfigurationObject? from)
    {
        AskFallbacks defaults = new();
        if (from is null)
        {
            return defaults;
        }

        AskFallbacks read = new()
        {
            Exec = Fallback(from.OneOf("exec", "open", "closed", "last-known")) ?? defaults.Exec,
            Open = Fallback(from.OneOf("open", "open", "closed", "last-known")) ?? defaults.Open,
        };
        from.NothingElse(Reference);
        return read;
    }

    private static ProtectConfiguration ParseProtect(ConfigurationObject? from)
    {
        ProtectConfiguration defaults = new();
        if (from is null)
        {
            return defaults;
        }

        ProtectConfiguration read = new()
        {
            Add = from.Paths("add") ?? defaults.Add,
            Remove = from.Paths("remove") ?? defaults.Remove,
            Packages = from.Flag("packages") ?? defaults.Packages,
        };
        from.NothingElse(Reference);
        return read;
    }

    private static BudgetConfiguration ParseBudgets(ConfigurationObject? from)
    {
        BudgetConfiguration defaults = new();
        if (from is null)
        {
            return defaults;
        }

        BudgetConfiguration read = new()
        {
            DeniesPerMinute = from.Number("deniesPerMinute", 0, BudgetConfiguration.Most) ?? defaults.DeniesPerMinute,
            DeniesPerHour = from.Number("deniesPerHour", 0, BudgetConfiguration.Most) ?? defaults.DeniesPerHour,
            ProgramsPerMinute = from.Number("programsPerMinute", 0, BudgetConfiguration.Most) ?? defaults.ProgramsPerMinute,
            ProgramsPerHour = from.Number("programsPerHour", 0, BudgetConfiguration.Most) ?? defaults.ProgramsPerHour,
            ProtectedPerHour = from.Number("protectedPerHour", 0, BudgetConfiguration.Most) ?? defaults.ProtectedPerHour,
            NewDeniesPerHour = from.Number("newDeniesPerHour", 0, BudgetConfiguration.Most) ?? defaults.NewDeniesPerHour,
            NewDeniesPerDay = from.Number("newDeniesPerDay", 0, BudgetConfiguration.Most) ?? defaults.NewDeniesPerDay,
            ResponsesPerHour = from.Number("responsesPerHour", 0, BudgetConfiguration.Most) ?? defaults.ResponsesPerHour,
        };
        from.NothingElse(Reference);
        return read;
    }

    private static FallbackChoice? Fallback(string? word) => word switch
    {
        "open" => FallbackChoice.Open,
        "closed" => FallbackChoice.Closed,
        "last-known" => FallbackChoice.LastKnown,
        _ => null,
    };

    private static JournalConfiguration ParseJournal(ConfigurationObject? from)
    {
        JournalConfiguration defaults = new();
        if (from is null)
        {
            return defaults;
        }

        JournalConfiguration read = new()
        {
            MaxMb = from.Number("maxMb", 0, 1024 * 1024) ?? defaults.MaxMb,
            MaxHours = from.Number("maxHours", 1, 24 * 366) ?? defaults.MaxHours,
            Redact = from.Words("redact", "arguments", "paths", "programs", "users", "addresses", "reasons")
                .Aggregate(JournalField.None, (all, word) => all | Enum.Parse<JournalField>(word, ignoreCase: true)),
        };
        from.NothingElse(Reference);
        return read;
    }

    private static SensorConfiguration ParseSensor(ConfigurationObject from)
    {
        SensorConfiguration read = new()
        {
            Name = from.SensorName("name") ?? "",
            Folder = from.Has("folder") ? from.ExistingFolder("folder", mustHold: "sensor.json") ?? "" : "",
            Content = from.ExistingFolders("content"),
            Vendor = from.Text("vendor", 64),
            Grants = ResponseWords.Read(from.Words("grants", [.. ResponseWords.All])),
            Limits = ParseLimits(from.Object("limits")),
        };
        from.NothingElse(Reference);
        return read;
    }

    private static FleetConfiguration? ParseFleet(ConfigurationObject? from)
    {
        if (from is null)
        {
            return null;
        }

        FleetConfiguration defaults = new();
        FleetConfiguration read = new()
        {
            User = from.Text("user", 32) ?? defaults.User,
            Spool = from.Path("spool") ?? defaults.Spool,
        };
        from.NothingElse(Reference);
        return read;
    }

    private static IsolationRules ParseIsolation(ConfigurationObject? from)
    {
        IsolationRules read = new() { AllowUsers = from?.Numbers("allowUsers", 0, int.MaxValue) ?? [] };
        from?.NothingElse(Reference);
        return read;
    }

    private static GenerationRules ParseGenerations(ConfigurationObject? from)
    {
        GenerationRules defaults = new();
        if (from is null)
        {
            return defaults;
        }

        GenerationRules read = new()
        {
            KeepCount = from.Number("keepCount", 2, 1000) ?? defaults.KeepCount,
            KeepMb = from.Number("keepMb", 1, 1024 * 1024) ?? defaults.KeepMb,
            FallbackSeconds = from.Number("fallbackSeconds", 0, 30 * 24 * 3600) ?? defaults.FallbackSeconds,
            PromoteByItself = from.Flag("promoteByItself") ?? defaults.PromoteByItself,
            Probation = ParseProbation(from),
            Undo = Undo(from.OneOf("undoOnFallback", "budget", "always", "never")) ?? defaults.Undo,
        };
        from.NothingElse(Reference);
        return read;
    }

    private static ProbationBounds ParseProbation(ConfigurationObject from)
    {
        ProbationBounds defaults = new();
        return new ProbationBounds
        {
            StartWithin = Seconds("startSeconds", 1, 600) ?? defaults.StartWithin,
            Soak = Seconds("soakSeconds", 0, 30 * 24 * 3600) ?? defaults.Soak,
            WaitAtMost = Seconds("waitAtMostSeconds", 1, 30 * 24 * 3600) ?? defaults.WaitAtMost,
            Asks = from.Number("leastAsks", 0, 1_000_000) ?? defaults.Asks,
            Tells = from.Number("leastTells", 0, 100_000_000) ?? defaults.Tells,
            NewDenials = from.Number("newDenials", 0, 1000) ?? defaults.NewDenials,
            LostDenials = from.Number("lostDenials", 0, 1000) ?? defaults.LostDenials,
            MissedPercent = from.Number("missedPercent", 0, 100) ?? defaults.MissedPercent,
            CpuPercent = from.Number("cpuPercent", 100, 10_000) ?? defaults.CpuPercent,
            MemoryPercent = from.Number("memoryPercent", 100, 10_000) ?? defaults.MemoryPercent,
            LatencyPercent = from.Number("latencyPercent", 100, 10_000) ?? defaults.LatencyPercent,
            FindingsPercent = from.Number("findingsPercent", 100, 10_000) ?? defaults.FindingsPercent,
            AsksPerSecond = from.Number("asksPerSecond", 1, 10_000) ?? defaults.AsksPerSecond,
        };

        TimeSpan? Seconds(string key, int least, int most) => from.Number(key, least, most) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static UndoOnFallback? Undo(string? word) => word switch
    {
        "budget" => UndoOnFallback.Budget,
        "always" => UndoOnFallback.Always,
        "never" => UndoOnFallback.Never,
        _ => null,
    };

    private static SensorLimits ParseLimits(ConfigurationObject? from)
    {
        SensorLimits defaults = new();
        if (from is null)
        {
            return defaults;
        }

        SensorLimits read = new()
        {
            MemoryMb = from.Number("memoryMb", 16, 1024 * 1024) ?? defaults.MemoryMb,
            Processes = from.Number("processes", 1, 32 * 1024) ?? defaults.Processes,
            Descriptors = from.Number("descriptors", 32, 1024 * 1024) ?? defaults.Descriptors,
            CpuPercent = from.Number("cpuPercent", 1, 100 * 1024) ?? defaults.CpuPercent,
            ScratchMb = from.Number("scratchMb", 0, 1024 * 1024) ?? defaults.ScratchMb,
            FindingsPerMinute = from.Number("findingsPerMinute", 1, 1_000_000) ?? defaults.FindingsPerMinute,
        };
        from.NothingElse(Reference);
        return read;
    }

    private static void RefuseDuplicates(IReadOnlyList<SensorConfiguration> sensors, string file, List<ConfigurationProblem> problems)
    {
        foreach (IGrouping<string, SensorConfiguration> same in sensors.Where(sensor => sensor.Name.Length > 0).GroupBy(sensor => sensor.Name))
        {
            if (same.Count() > 1)
            {
                problems.Add(new ConfigurationProblem($"{file}: sensors", $"{same.Count()} sensors are called '{same.Key}'", "give each a name of its own"));
            }
        }
    }

    private static ConfigurationResult Failed(string thing, string reason, string remedy) =>
        new(null, [new ConfigurationProblem(thing, reason, remedy)]);
}
