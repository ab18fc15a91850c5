using System.Text.RegularExpressions;

namespace Ringwall.Architecture.Tests;

/// <summary>Rules about one C# file. Each takes the file's path and text and gives what breaks it, so that each can be shown to find something.</summary>
internal static partial class SourceRules
{
    private static readonly string[] MayImport = ["src/Ringwall.Kernel/Abi/", "src/Ringwall.Contract/Abi/", "sensors/yara/"];
    private static readonly string[] MayBeUnsafe = ["src/Ringwall.Kernel/", "src/Ringwall.Contract/", "sensors/yara/"];
    private static readonly string[] WeakFolders = ["Common", "Core", "Shared", "Helpers", "Utils", "Misc"];

    public static IEnumerable<string> Imports(string file, string text) => Begins(file, MayImport)
        ? []
        : Found(file, text, ImportAttribute(), "imports native code; only Kernel/Abi, Contract/Abi and a sensor's binding to its engine may");

    public static IEnumerable<string> Unsafe(string file, string text) => Begins(file, MayBeUnsafe)
        ? []
        : Found(file, text, UnsafeWord(), "is unsafe; only Kernel, Contract and a sensor's binding to its engine may be");

    public static IEnumerable<string> WeakNames(string file, string text)
    {
        foreach (Match type in TypeName().Matches(CSharpText.WithoutProse(text)))
        {
            if (WeakEnding().IsMatch(type.Groups["name"].Value))
            {
                yield return $"{file}: {type.Groups["name"].Value} is a name that says nothing; name the thing";
            }
        }

        foreach (string folder in file.Split('/')[..^1].Where(WeakFolders.Contains))
        {
            yield return $"{file}: a folder called {folder} collects what has no place";
        }
    }

    /// <summary>A long file says why it is long.</summary>
    public static IEnumerable<string> Length(string file, string text)
    {
        int lines = text.Count(c => c == '\n');
        return lines <= 500 || text.Contains("500 lines", StringComparison.Ordinal) ? [] : [$"{file} has {lines} lines; above 500 lines a file says why"];
    }

    /// <summary>More than two public types that are no nested ones: an enum may stand beside the type that it is for. Kernel/Abi keeps a header's structs beside it.</summary>
    public static IEnumerable<string> FewPublicTypes(string file, string text)
    {
        string[] types = [.. PublicType().Matches(CSharpText.WithoutProse(text)).Select(match => match.Groups["name"].Value)];
        return types.Distinct().Count() <= 2 ? [] : [$"{file} has {types.Length} public types: {string.Join(", ", types)}"];
    }

    /// <summary>
    /// Catching everything, without a filter that names what is expected, hides bugs. A bare catch that cleans up and throws on is fine.
    /// </summary>
    public static IEnumerable<string> CatchAll(string file, string text)
    {
        string code = CSharpText.WithoutProse(text);
        foreach (Match match in CatchEverything().Matches(code))
        {
            if (!Block(code, match.Index + match.Length).Contains("throw;", StringComparison.Ordinal))
            {
                yield return $"{file}:{CSharpText.LineOf(code, match.Index)}";
            }
        }
    }

    public static IEnumerable<string> Unfinished(string file, string text) => Found(file, text, UnfinishedWord(), "is not finished, or says so", prose: true);

    /// <summary>
    /// A pause between two looks at a condition, inside the loop that has the deadline, is fine in tests; so is one that a test hands to the code under test. The product
    /// may not sleep at all, which is a compile error there (eng/BannedSymbols.txt).
    /// </summary>
    public static IEnumerable<string> Sleeps(string file, string text)
    {
        string code = CSharpText.WithoutProse(text);
        foreach (Match match in SleepCall().Matches(code))
        {
            string before = string.Join('\n', code[..match.Index].Split('\n').TakeLast(9));
            if (!LoopOrLambda().IsMatch(before))
            {
                yield return $"{file}:{CSharpText.LineOf(code, match.Index)} sleeps; wait on a condition with a deadline";
            }
        }
    }

    /// <summary>The wall clock may be set while a host runs. What it says is for people and for comparing with what the kernel stamps; no wait, budget or deadline may go by it.</summary>
    public static IEnumerable<string> WallClock(string file, string text) => Found(file, text, WallClockRead(), "reads the wall clock");

    private static bool Begins(string file, string[] folders) => folders.Any(folder => file.StartsWith(folder, StringComparison.Ordinal));

    private static IEnumerable<string> Found(string file, string text, Regex what, string why, bool prose = false)
    {
        string looked = prose ? text : CSharpText.WithoutProse(text);
        return what.Matches(looked).Select(match => $"{file}:{CSharpText.LineOf(looked, match.Index)} {why}");
    }

    private static string Block(string code, int from)
    {
        int open = code.IndexOf('{', from);
        int depth = 0;
        for (int i = open; i >= 0 && i < code.Length; i++)
        {
            depth += code[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return code[open..i];
            }
        }

        return "";
    }

    [GeneratedRegex(@"\[\s*(LibraryImport|DllImport)\b")]
    private static partial Regex ImportAttribute();

    [GeneratedRegex(@"\bunsafe\b")]
    private static partial Regex UnsafeWord();

    [GeneratedRegex(@"\b(class|struct|record|interface|enum)\s+(class\s+|struct\s+)?(?<name>[A-Z]\w*)")]
    private static partial Regex TypeName();

    [GeneratedRegex("(Manager|Helper|Helpers|Util|Utils|Processor|Handler|Info|Data|Base|Impl|Service)$")]
    private static partial Regex WeakEnding();

    [GeneratedRegex(@"^public\s+(?:(?:sealed|static|abstract|readonly|partial|unsafe|ref)\s+)*(?:class|struct|record(?:\s+(?:class|struct))?|interface|enum)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"\bcatch\s*(\(\s*(System\.)?Exception(\s+\w+)?\s*\)\s*(?!\s*when)|(?=\{))")]
    private static partial Regex CatchEverything();

    // In two parts, so that this file is no finding of its own.
    [GeneratedRegex("\\b(TO" + "DO|FIX" + "ME|HA" + "CK|XX" + "X)\\b|NotImplemented" + "Exception")]
    private static partial Regex UnfinishedWord();

    [GeneratedRegex(@"\b(while|for)\s*\(|=>\s*(System\.Threading\.)?$")]
    private static partial Regex LoopOrLambda();

    [GeneratedRegex(@"\bGetUtcNow\b|\bDateTime(Offset)?\s*\.\s*(Utc)?Now\b")]
    private static partial Regex WallClockRead();

    [GeneratedRegex(@"\bThread\s*\.\s*Sleep\b")]
    private static partial Regex SleepCall();
}
