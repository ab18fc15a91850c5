using System.Text.RegularExpressions;

namespace Ringwall.Architecture.Tests;

public sealed partial class DocumentTests
{
    private static readonly string[] Expected =
    [
        "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "docs/protocol.md", "docs/threat-model.md", "docs/benchmarks.md", "docs/cli.md",
        "docs/configuration.md", ".ci/run", "rw",
    ];

    private static IEnumerable<string> Documents => SourceTree.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal));

    [Fact]
    public void What_people_look_for_is_there() => Assert.All(Expected, file => Assert.True(SourceTree.Files.Contains(file), $"{file} is missing"));

    [Fact]
    public void Links_lead_somewhere()
    {
        int followed = 0;
        List<string> broken = [];
        foreach (string document in Documents)
        {
            string text = SourceTree.Read(document);
            foreach (string target in LinksOf(text))
            {
                followed++;
                if (!Resolves(document, text, target))
                {
                    broken.Add($"{document}: {target}");
                }
            }
        }

        Assert.True(broken.Count == 0, $"these links lead nowhere:\n{string.Join('\n', broken)}");
        Assert.True(followed >= 10, $"only {followed} links were followed");
    }

    [Fact]
    public void A_link_that_leads_nowhere_is_found()
    {
        const string text = "# A heading, with `code`\n[a](docs/none.md) [b](#a-heading-with-code) [c](#nothing) [d](https://example.org/x) ![e](none.png)";
        Assert.Equal(["docs/none.md", "#a-heading-with-code", "#nothing", "none.png"], LinksOf(text));
        Assert.False(Resolves("README.md", text, "docs/none.md"));
        Assert.True(Resolves("README.md", text, "#a-heading-with-code"));
        Assert.False(Resolves("README.md", text, "#nothing"));
    }

    [Fact]
    public void The_sensor_in_the_README_is_the_sample_that_is_compiled()
    {
        string sample = SourceTree.Read("samples/csharp-minimal/Program.cs").Trim();
        Assert.Contains($"```csharp\n{sample}\n```", SourceTree.Read("README.md").ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_command_of_rw_is_in_its_list_and_in_the_README_or_CONTRIBUTING()
    {
        string rw = SourceTree.Read("rw");
        string documents = SourceTree.Read("README.md") + SourceTree.Read("CONTRIBUTING.md");
        string[] commands = [.. CommandFunction().Matches(rw).Select(match => match.Groups[1].Value)];
        Assert.True(commands.Length >= 8, $"only {commands.Length} commands were seen");
        Assert.All(commands, command =>
        {
            Assert.Matches($@"(?m)^#: {Regex.Escape(command)}\b", rw);
            Assert.Contains($"rw {command}", documents, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void No_document_names_a_place_on_the_machine_of_whoever_wrote_it()
    {
        string here = $@"(?<![\w.]){Regex.Escape(SourceTree.Root)}/|/home/[a-z]+/(src|git|code)";
        Assert.Matches(here, $"see {SourceTree.Root}/README.md");
        Assert.All(Documents, document => Assert.DoesNotMatch(here, SourceTree.Read(document)));
    }

    [Fact]
    public void Tests_and_pages_that_are_named_are_there()
    {
        HashSet<string?> tests = [.. SourceTree.CSharp("tests/").Select(Path.GetFileNameWithoutExtension)];
        List<string> missing = [];
        int seen = 0;
        foreach (string file in SourceTree.CSharp().Where(file => file != "tests/Ringwall.Architecture.Tests/DocumentTests.cs").Concat(Documents))
        {
            string text = SourceTree.Read(file);
            IEnumerable<string> pages = Page().Matches(text).Select(match => match.Value).Where(page => !SourceTree.Files.Contains(page));
            IEnumerable<string> classes = TestClass().Matches(text).Select(match => match.Groups[1].Value);
            seen += TestClass().Count(text) + Page().Count(text);
            missing.AddRange(pages.Concat(classes.Where(name => !tests.Contains(name))).Select(name => $"{file}: {name}"));
        }

        Assert.True(missing.Count == 0, $"these are named and are not there:\n{string.Join('\n', missing)}");
        Assert.True(seen >= 30, $"only {seen} names were seen");
    }

    private static IEnumerable<string> LinksOf(string text) => Link().Matches(Fenced().Replace(text, ""))
        .Select(match => match.Groups["target"].Value)
        .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal));

    private static bool Resolves(string document, string text, string target)
    {
        string[] parts = target.Split('#', 2);
        string other = text;
        if (parts[0].Length > 0)
        {
            string path = Path.GetFullPath(Path.Combine(SourceTree.Root, Path.GetDirectoryName(document)!, parts[0]));
            if (!Path.Exists(path))
            {
                return false;
            }

            other = parts.Length > 1 ? File.ReadAllText(path) : "";
        }

        return parts.Length == 1 || Heading().Matches(Fenced().Replace(other, "")).Any(match => Anchor(match.Groups[1].Value) == parts[1]);
    }

    // As the usual hosts of repositories make anchors: lower case, blanks to dashes, the rest of the punctuation away.
    private static string Anchor(string heading) =>
        string.Concat(heading.Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();

    // A page of this repository: others' are named after a blank and their project, or in backquotes.
    [GeneratedRegex(@"(?<![`/A-Za-z])docs/[A-Za-z0-9/_-]+\.md")]
    private static partial Regex Page();

    [GeneratedRegex(@"`([A-Z][A-Za-z]*Tests)`")]
    private static partial Regex TestClass();

    [GeneratedRegex(@"^cmd_([a-z-]+)\(\)", RegexOptions.Multiline)]
    private static partial Regex CommandFunction();
}
