using System.Text.Json;
using Ringwall.Host.Configuration;
using Ringwall.Wire.Packages;

namespace Ringwall.Host.Generations.Store;

/// <summary>Reads a package.json strictly. It is a stranger's file: bounded, no more than data, and refused with all that is wrong with it.</summary>
internal static class PackageManifestFile
{
    private const string Reference = "docs/packages.md lists the keys";
    private const string Remedy = "ask the vendor";
    private const int ProblemsTold = 8;

    /// <exception cref="StoreException">It cannot be used.</exception>
    public static PackageManifest Parse(ReadOnlyMemory<byte> text)
    {
        List<ConfigurationProblem> problems = [];
        PackageManifest? read = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
            read = Parse(ConfigurationObject.Root(document.RootElement, PackageManifest.FileName, problems), problems);
        }
        catch (JsonException broken)
        {
            string where = broken.LineNumber is { } line ? $"{PackageManifest.FileName}:{line + 1}" : PackageManifest.FileName;
            problems.Add(new ConfigurationProblem(where, $"this is not JSON: {broken.Message.Split(" LineNumber:", 2)[0]}", Remedy));
        }
        catch (InvalidOperationException broken)
        {
            // JSON by its marks, but with text in it that is no Unicode: found only when that text is read.
            problems.Add(new ConfigurationProblem(PackageManifest.FileName, $"it holds text that is not UTF-8: {broken.Message}", Remedy));
        }

        if (problems.Count == 0)
        {
            return read!;
        }

        ConfigurationProblem first = problems[0];
        IEnumerable<string> others = problems.Skip(1).Take(ProblemsTold - 1).Select(problem => $"{problem}");
        throw new StoreException(StoreFault.Manifest, first.Thing, first.Reason, string.Join("; ", [first.Remedy, .. others]));
    }

    private static PackageManifest Parse(ConfigurationObject top, List<ConfigurationProblem> problems)
    {
        PackageManifest read = new()
        {
            Format = top.Number("format", PackageManifest.CurrentFormat, PackageManifest.CurrentFormat) ?? Missing(top, "format", problems),
            Sensor = top.SensorName("sensor") ?? "",
            Vendor = top.Text("vendor", PackageLimits.LabelCharacters) ?? "",
            Version = top.RequiredText("version", PackageLimits.LabelCharacters, "give the release's version") ?? "",
            Engine = Engine(top.Object("engine")),
            Content = Content(top.Object("content"), problems),
            Files = [.. top.Objects("files").Select(File)],
        };
        if (top.Objects("signatures").Count > 0)
        {
            problems.Add(new ConfigurationProblem($"{PackageManifest.FileName}: signatures", "this host knows none yet", "leave the list empty"));
        }

        top.NothingElse(Reference);
        if (problems.Count == 0)
        {
            CheckFiles(read, problems);
        }

        return read;
    }

    private static PackagedEngine? Engine(ConfigurationObject? from)
    {
        if (from is null)
        {
            return null;
        }

        PackagedEngine read = new()
        {
            Version = from.RequiredText("version", PackageLimits.LabelCharacters, "give the engine's version, as its sensor.json has it") ?? "",
            Reads = SchemasRead(from),
        };
        from.NothingElse(Reference);
        return read;
    }

    /// <summary>The key "reads" of an engine, wherever it stands.</summary>
    public static IReadOnlyList<SchemaName> SchemasRead(ConfigurationObject from)
    {
        List<SchemaName> read = [];
        foreach (ConfigurationObject schema in from.Objects("reads"))
        {
            string id = schema.RequiredText("id", PackageLimits.LabelCharacters, "name the schema") ?? "";
            string hash = schema.Digest("hash") ?? "";
            schema.NothingElse(Reference);
            if (read.Count < PackageLimits.SchemasRead)
            {
                read.Add(new SchemaName(id, hash));
            }
        }

        return read;
    }

    private static PackagedContent? Content(ConfigurationObject? from, List<ConfigurationProblem> problems)
    {
        if (from is null)
        {
            return null;
        }

        PackagedContent read = new()
        {
            Version = from.RequiredText("version", PackageLimits.LabelCharacters, "give the content's version") ?? "",
            Schema = Schema(from.Object("schema"), problems),
        };
        from.NothingElse(Reference);
        return read;
    }

    // Whether count, hash and fields agree is for SchemaCheck to say.
    private static ContentSchema? Schema(ConfigurationObject? from, List<ConfigurationProblem> problems)
    {
        if (from is null)
        {
            return null;
        }

        List<SchemaField> fields = [];
        foreach (ConfigurationObject field in from.Objects("fields"))
        {
            fields.Add(new SchemaField(
                field.RequiredText("name", PackageLimits.LabelCharacters, "name the field") ?? "",
                field.RequiredText("type", PackageLimits.LabelCharacters, "say the field's type") ?? ""));
            field.NothingElse(Reference);
        }

        ContentSchema read = new()
        {
            Id = from.RequiredText("id", PackageLimits.LabelCharacters, "name the schema") ?? "",
            Fields = fields,
            Count = from.Number("count", 0, PackageLimits.SchemaFields) ?? Missing(from, "count", problems),
            Hash = from.Digest("hash") ?? "",
        };
        from.NothingElse(Reference);
        if (fields.Find(field => $"{field.Name}{field.Type}".Any(char.IsControl)) is { } odd)
        {
            problems.Add(new ConfigurationProblem($"{PackageManifest.FileName}: fields", $"'{odd.Name}' has a control character in its name or type", Remedy));
        }

        return read;
    }

    private static PackagedFile File(ConfigurationObject from)
    {
        PackagedFile read = new()
        {
            Path = from.RequiredText("path", PackageLimits.PathBytes, "name the file") ?? "",
            Bytes = from.Size("bytes", PackageLimits.Bytes) ?? 0,
            Sha256 = from.Digest("sha256") ?? "",
            Executable = from.Flag("executable") ?? false,
        };
        from.NothingElse(Reference);
        return read;
    }

    private static int Missing(ConfigurationObject of, string key, List<ConfigurationProblem> problems)
    {
        if (!of.Has(key))
        {
            problems.Add(new ConfigurationProblem($"{PackageManifest.FileName}: {key}", "it is missing", Reference));
        }

        return 0;
    }

    private static void CheckFiles(PackageManifest read, List<ConfigurationProblem> problems)
    {
        void Wrong(string thing, string reason, string remedy = Remedy) => problems.Add(new ConfigurationProblem($"{PackageManifest.FileName}: {thing}", reason, remedy));

        foreach (string label in Labels(read))
        {
            if (CleanText(label) != label)
            {
                Wrong($"\"{CleanText(label)}\"", "it has characters that are not shown");
            }
        }

        if (read.Engine is null && read.Content is null)
        {
            Wrong("engine", "the package says neither which engine it brings nor which content", "name one of the two, or both");
        }

        if (read.Files.Count > PackageLimits.Files)
        {
            Wrong("files", $"there are {read.Files.Count:N0}, and at most {PackageLimits.Files:N0} are taken");
        }

        // Each has at most the bound itself, and there are at most so many, so the sum is a number.
        if (read.Files.Sum(file => file.Bytes) > PackageLimits.Bytes)
        {
            Wrong("files", $"together they have more than {PackageLimits.Bytes:N0} bytes");
        }

        foreach (PackagedFile file in read.Files)
        {
            if (PackagePath.Fault(file.Path) is { } fault)
            {
                Wrong($"\"{CleanText(file.Path)}\"", fault);
            }
            else if (file.Executable && !PackagePath.IsEngine(file.Path))
            {
                Wrong(file.Path, "content is not executed", "leave 'executable' out");
            }
        }

        if (problems.Count > 0)
        {
            return;
        }

        CheckPlaces(read, Wrong);
    }

    // They go to terminals and logs.
    private static IEnumerable<string> Labels(PackageManifest read) =>
    [
        read.Vendor, read.Version, read.Engine?.Version ?? "", read.Content?.Version ?? "", read.Content?.Schema?.Id ?? "",
        .. read.Engine?.Reads.Select(schema => schema.Id) ?? [],
    ];

    private static void CheckPlaces(PackageManifest read, Action<string, string, string> wrong)
    {
        HashSet<string> files = new(StringComparer.Ordinal);
        HashSet<string> folders = new(StringComparer.Ordinal);
        foreach (PackagedFile file in read.Files)
        {
            if (!files.Add(file.Path))
            {
                wrong(file.Path, "it is named twice", Remedy);
            }

            for (int slash = file.Path.LastIndexOf('/'); slash > 0; slash = file.Path.LastIndexOf('/', slash - 1))
            {
                folders.Add(file.Path[..slash]);
            }
        }

        if (files.FirstOrDefault(folders.Contains) is { } both)
        {
            wrong(both, "it is a file and a folder", Remedy);
        }

        if (files.Any(PackagePath.IsEngine) != read.Engine is not null)
        {
            wrong("engine", read.Engine is null ? "there are files below engine/, and no word about an engine" : "no file lies below engine/", Remedy);
        }

        if (files.Any(PackagePath.IsContent) != read.Content is not null)
        {
            wrong("content", read.Content is null ? "there are files below content/, and no word about content" : "no file lies below content/", Remedy);
        }
    }

    private static string CleanText(string text)
    {
        bool cut = false;
        return Findings.CleanText.From(text, PackageLimits.PathBytes, ref cut);
    }
}
