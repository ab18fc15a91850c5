using System.Text.Json;
using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Generations.Store;
using Ringwall.Host.Responses;

namespace Ringwall.Host.Sandboxes;

/// <summary>Reads a sensor.json strictly. It is a vendor's file: bounded, no more than data, and refused with all that is wrong with it.</summary>
internal static class SensorManifestFile
{
    private const int LongestBytes = 64 * 1024;
    private const string Reference = "docs/protocol.md, section 7, lists the keys";

    /// <returns>The manifest, or null and what is wrong.</returns>
    public static SensorManifest? Read(string folder, out IReadOnlyList<ConfigurationProblem> problems)
    {
        if (folder.Length == 0)
        {
            problems = [new ConfigurationProblem(SensorManifest.FileName, "the sensor has no folder, and nothing is installed", "`ringwall install` a package of it, or name its folder")];
            return null;
        }

        string file = Path.Combine(folder, SensorManifest.FileName);
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > LongestBytes } large)
            {
                problems = [new ConfigurationProblem(file, $"it has {large.Length:N0} bytes, and at most {LongestBytes:N0} are read", "ask the vendor")];
                return null;
            }

            return Parse(File.ReadAllBytes(file), file, out problems);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            problems = [new ConfigurationProblem(file, refused.Message, "name the folder that the vendor's package was unpacked to")];
            return null;
        }
    }

    /// <param name="text">The file's bytes.</param>
    /// <param name="file">What to call it in messages.</param>
    /// <param name="problems">All that is wrong.</param>
    public static SensorManifest? Parse(ReadOnlyMemory<byte> text, string file, out IReadOnlyList<ConfigurationProblem> problems)
    {
        List<ConfigurationProblem> found = [];
        problems = found;
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 4 });
            ConfigurationObject top = ConfigurationObject.Root(document.RootElement, file, found);
            SensorManifest read = new()
            {
                Name = top.SensorName("name") ?? "",
                Vendor = top.Text("vendor", Protocol.MaxLabelBytes) ?? "",
                Version = top.RequiredText("version", Protocol.MaxLabelBytes, "give the engine's version") ?? "",
                Executable = top.RequiredText("executable", Protocol.MaxPathBytes, "name the program, relative to this folder") ?? "",
                Arguments = top.Texts("arguments", Protocol.MaxPathBytes),
                Libraries = top.Texts("libraries", Protocol.MaxNameBytes),
                Asks = Asks(top, found, file),
                Rights = ResponseWords.Read(top.Words("rights", [.. ResponseWords.All])),
                Reads = PackageManifestFile.SchemasRead(top),
            };
            top.NothingElse(Reference);
            RefuseStrayPaths(read, file, found);
            return found.Count == 0 ? read : null;
        }
        catch (JsonException broken)
        {
            string where = broken.LineNumber is { } line ? $"{file}:{line + 1}" : file;
            found.Add(new ConfigurationProblem(where, $"this is not JSON: {broken.Message.Split(" LineNumber:", 2)[0]}", "ask the vendor"));
            return null;
        }
        catch (InvalidOperationException broken)
        {
            // JSON by its marks, but with text in it that is no Unicode: found only when that text is read.
            found.Add(new ConfigurationProblem(file, $"it holds text that is not UTF-8: {broken.Message}", "ask the vendor"));
            return null;
        }
    }

    private static AskKinds? Asks(ConfigurationObject top, List<ConfigurationProblem> problems, string file)
    {
        if (!top.Has("asks"))
        {
            return null;
        }

        AskKinds asks = AskKinds.None;
        foreach (string word in top.Texts("asks", Protocol.MaxNameBytes))
        {
            switch (word)
            {
                case "exec": asks |= AskKinds.Exec; break;
                case "open": asks |= AskKinds.Open; break;
                default: problems.Add(new ConfigurationProblem($"{file}: asks", $"\"{word}\" cannot be asked", "write \"exec\" or \"open\"")); break;
            }
        }

        return asks;
    }

    private static void RefuseStrayPaths(SensorManifest read, string file, List<ConfigurationProblem> problems)
    {
        if (read.Executable.StartsWith('/') || read.Executable.Split('/').Contains(".."))
        {
            problems.Add(new ConfigurationProblem(
                $"{file}: executable", $"\"{read.Executable}\" does not lie in the sensor's folder", "name a program relative to this folder"));
        }

        foreach (string library in read.Libraries.Where(l => l.Length == 0 || l.Contains('/', StringComparison.Ordinal)))
        {
            problems.Add(new ConfigurationProblem(
                $"{file}: libraries", $"\"{library}\" is not a library's name", "write the name that the loader looks for, as \"libz.so.1\""));
        }
    }
}
