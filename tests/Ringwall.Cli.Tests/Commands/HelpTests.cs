using System.CommandLine;
using System.Text;
using Ringwall.Cli.Commands;

namespace Ringwall.Cli.Tests.Commands;

public sealed class HelpTests
{
    [Fact]
    public async Task The_help_of_every_command_is_as_accepted()
    {
        StringBuilder all = new();
        foreach (string[] command in Every(RingwallCommand.Build(new Terminal(TextWriter.Null, TextWriter.Null, CommandRun.Plain(TextWriter.Null), default))))
        {
            CommandRun run = await CommandRun.OfAsync([.. command, "--help"]);
            Assert.Equal(0, run.Exit);
            all.Append("$ ringwall ").AppendJoin(' ', [.. command, "--help"]).Append('\n').Append(run.Said.ReplaceLineEndings("\n").TrimEnd()).Append("\n\n");
        }

        GoldenFile.SectionEquals("docs/cli.md", "help", $"```text\n{all.ToString().TrimEnd()}\n```");
    }

    [Fact]
    public async Task Every_command_takes_json_and_a_run_directory()
    {
        CommandRun run = await CommandRun.OfAsync("sensors", "stop", "--help");
        Assert.Contains("--json", run.Said, StringComparison.Ordinal);
        Assert.Contains("--run-dir", run.Said, StringComparison.Ordinal);
    }

    private static IEnumerable<string[]> Every(Command command) =>
        command.Subcommands.SelectMany(sub => Every(sub).Select(below => (string[])[sub.Name, .. below])).Prepend([]);
}
