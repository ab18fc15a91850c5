using System.Runtime.CompilerServices;

namespace Ringwall.Cli.Tests;

/// <summary>Text that a person has looked at and accepted. `./rw test --accept` writes what is there now; the difference is reviewed like code.</summary>
internal static class GoldenFile
{
    /// <summary>The same, for a part of a document that is generated: what stands between two comments that name it.</summary>
    public static void SectionEquals(string document, string section, string actual, [CallerFilePath] string caller = "")
    {
        string? folder = Path.GetDirectoryName(caller);
        while (folder is not null && !File.Exists(Path.Combine(folder, "Ringwall.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        string path = Path.Combine(folder!, document);
        string text = File.ReadAllText(path);
        string begin = $"<!-- {section}: written by `./rw test Cli --accept` -->\n";
        string end = $"\n<!-- end of {section} -->";
        int from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        int to = text.IndexOf(end, StringComparison.Ordinal);
        Assert.True(from >= begin.Length && to >= from, $"{document} has no section {section}");
        if (Environment.GetEnvironmentVariable("RINGWALL_ACCEPT") == "1")
        {
            File.WriteAllText(path, text[..from] + actual + text[to..]);
        }
        else
        {
            Assert.Equal(text[from..to], actual);
        }
    }

    public static void Equals(string name, string actual, [CallerFilePath] string caller = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(caller)!, "..", "Golden", name);
        if (Environment.GetEnvironmentVariable("RINGWALL_ACCEPT") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{path} is missing; `./rw test Cli --accept` writes it");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
