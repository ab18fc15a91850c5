using System.Text;
using Ringwall.Sensors.Sigma.Replaying;

namespace Ringwall.Sensors.Sigma.Tests;

public sealed class ReplayTests : IDisposable
{
    private const string Rules = """
        title: Second
        id: b
        logsource: {category: process_creation, product: linux}
        detection:
          a: {Image|endswith: /sh}
          condition: a
        ---
        title: First
        id: a
        logsource: {category: process_creation, product: linux}
        detection:
          a: {CommandLine|contains: 'x"\y'}
          condition: a
        ---
        title: Upper
        id: Z
        logsource: {category: process_creation, product: linux}
        detection:
          a: {DestinationPort: 22}
          condition: a
        ---
        title: Files "and" <é>
        logsource: {category: file_event, product: linux}
        detection:
          a: {Image|endswith: /sh}
          condition: a
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-sigma-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Each_line_gets_the_sorted_ids_of_the_rules_that_match_it()
    {
        (int exit, string output, string errors) = Run(
            Rules,
            """
            {"category":"process_creation","Image":"/bin/sh","CommandLine":"x\"\\y","DestinationPort":22}
            {"category":"process_creation","Image":"/bin/cat"}

            {"category":"file_event","Image":"/bin/sh"}
            {"category":"network_connection","Image":"/bin/sh"}
            {"category":"dns","Image":"/bin/sh"}
            {"Image":"/bin/SH","category":"PROCESS_CREATION"}
            """);
        Assert.Equal("[\"Z\",\"a\",\"b\"]\n[]\n[\"Files \\\"and\\\" <é>\"]\n[]\n[]\n[\"b\"]\n", output);
        Assert.Equal("", errors);
        Assert.Equal(0, exit);
    }

    [Fact]
    public void A_line_that_is_no_event_keeps_its_place_and_is_named()
    {
        (int exit, string output, string errors) = Run(
            Rules,
            "\n{\"category\":\"process_creation\",\"Image\":\"/bin/sh\"}\r\nnonsense\n[1]\n{\"Image\":\"/bin/sh\"}\n{\"category\":\"file_event\",\"Image\":[\"/bin/sh\"]}\n"
            + "{\"category\":\"file_event\"} x\n{\"category\":\"file_event\",\"Image\":\"\\ud800\"}\n   \n{\"category\":7}\n{\"category\":\"file_event\",\"Image\":\"/sh\"}");
        Assert.Equal("[\"b\"]\n[]\n[]\n[]\n[]\n[]\n[]\n[]\n[\"Files \\\"and\\\" <é>\"]\n", output);
        string[] lines = errors.TrimEnd('\n').Split('\n');
        Assert.Equal(["3", "4", "5", "6", "7", "8", "10"], lines.Select(line => line.Split(':')[1]));
        Assert.All(lines, line => Assert.EndsWith("; it matches nothing", line, StringComparison.Ordinal));
        Assert.Contains("the field 'Image' is neither text, number, truth value nor null", lines[3], StringComparison.Ordinal);
        Assert.Equal(0, exit);
    }

    [Fact]
    public void Bad_rules_are_named_and_the_rest_is_replayed()
    {
        (int exit, string output, string errors) = Run(Rules + "\n---\ntitle: Bad\nlogsource: {category: file_event}\ndetection:\n  a: {X|wrong: y}\n  condition: a\n", """{"category":"process_creation","Image":"/sh"}""");
        Assert.Equal("[\"b\"]\n", output);
        Assert.EndsWith("rules.yml:31: unknown modifier 'wrong'; the rule is not loaded\n", errors, StringComparison.Ordinal);
        Assert.Equal(0, exit);
    }

    [Fact]
    public void Without_any_rule_it_fails()
    {
        (int exit, string output, string errors) = Run("title: x\n", """{"category":"process_creation"}""");
        Assert.Equal("", output);
        Assert.Contains("rules.yml:1: 'logsource' is missing", errors, StringComparison.Ordinal);
        Assert.Contains("no rule was loaded", errors, StringComparison.Ordinal);
        Assert.Equal(2, exit);
    }

    [Theory]
    [InlineData()]
    [InlineData("--rules")]
    [InlineData("--rules", "RULES")]
    [InlineData("EVENTS")]
    [InlineData("--rules", "RULES", "EVENTS", "EVENTS")]
    [InlineData("--rules", "RULES", "--verbose", "EVENTS")]
    public void Wrong_use_is_explained(params string[] arguments)
    {
        (int exit, string output, string errors) = RunWith(arguments);
        Assert.Equal(2, exit);
        Assert.Equal("", output);
        Assert.Contains("usage: ringwall-sensor-sigma replay --rules PATH", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_of_events_is_named()
    {
        string rules = Path.Combine(_folder, "rules.yml");
        File.WriteAllText(rules, Rules);
        (int exit, _, string errors) = RunWith("--rules", rules, Path.Combine(_folder, "absent.jsonl"));
        Assert.Equal(1, exit);
        Assert.Contains("absent.jsonl: cannot be replayed: ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_can_come_from_standard_input_and_rules_from_several_folders()
    {
        string second = Path.Combine(_folder, "second");
        Directory.CreateDirectory(second);
        File.WriteAllText(Path.Combine(second, "s.yml"), "title: S\nid: s\nlogsource: {category: file_event}\ndetection: {a: {Image: x}, condition: a}\n");
        File.WriteAllText(Path.Combine(_folder, "rules.yml"), Rules);
        (int exit, string output, string errors) = RunWith("--rules", Path.Combine(_folder, "rules.yml"), "--rules", second, "-");
        Assert.Equal((0, "[\"s\"]\n", ""), (exit, output, errors));
    }

    private (int Exit, string Output, string Errors) Run(string rules, string events)
    {
        File.WriteAllText(Path.Combine(_folder, "rules.yml"), rules);
        File.WriteAllText(Path.Combine(_folder, "events.jsonl"), events);
        return RunWith("--rules", _folder, Path.Combine(_folder, "events.jsonl"));
    }

    private static (int Exit, string Output, string Errors) RunWith(params string[] arguments)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes("""{"category":"file_event","Image":"x"}"""));
        using var output = new MemoryStream();
        using var errors = new StringWriter { NewLine = "\n" };
        int exit = ReplayCommand.Run(arguments, input, output, errors);
        return (exit, Encoding.UTF8.GetString(output.ToArray()), errors.ToString());
    }
}
