using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Tests.Commands;

public sealed class UndoCommandTests
{
    private static readonly ResponseLine Quarantined = new()
    {
        Id = 7, Kind = "quarantine", Sensor = "yara", Generation = 3, At = Samples.Start, About = "/home/ann/x", State = "done", Bytes = 68, Reason = "EICAR",
    };

    private static readonly ResponseLine Killed = Quarantined with { Id = 8, Kind = "kill", About = "process 12 (/tmp/x)", Bytes = null };

    [Fact]
    public async Task Undo_sends_what_is_meant_and_tells_what_became_of_each()
    {
        await using FakeHost host = new(_ =>
        [
            new ControlReply { Response = Killed with { Result = "cannot", Note = "start it again" } },
            new ControlReply { Response = Quarantined with { Result = "undone", State = "undone", Note = "back at /home/ann/x" } },
        ]);
        CommandRun run = await host.RunAsync("undo", "yara", "--since", "2026-01-02T03:04:05Z", "--generation", "3", "--id", "7", "--dry-run");
        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Contains("8: kill of process 12 (/tmp/x)", run.Said, StringComparison.Ordinal);
        Assert.Contains("cannot be taken back: start it again\n", run.Said, StringComparison.Ordinal);
        Assert.Contains("undone: back at /home/ann/x\n", run.Said, StringComparison.Ordinal);
        ControlRequest asked = Assert.Single(host.Asked);
        Assert.Equal((ControlVerb.Undo, "yara", 3L, 7L, true, (DateTimeOffset?)Samples.Start), (asked.Do, asked.Name, asked.Number, asked.Id, asked.DryRun, asked.Since));
    }

    [Fact]
    public async Task What_could_not_be_taken_back_ends_with_1()
    {
        await using FakeHost host = new(_ => [new ControlReply { Response = Quarantined with { Result = "failed", Note = "/home/ann is no folder" } }]);
        CommandRun run = await host.RunAsync("undo", "--id", "7", "--json");
        Assert.Equal(ExitCode.NotDone, run.Exit);
        Assert.Contains("\"result\":\"failed\"", run.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_of_nothing_in_particular_is_wrong_use()
    {
        CommandRun run = await CommandRun.OfAsync("undo");
        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains("NAME, --since, --generation or --id", run.Complained, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_vault_shows_what_stands_and_with_all_the_rest()
    {
        await using FakeHost host = new(_ => [new ControlReply { Response = Quarantined }, new ControlReply { Response = Killed with { State = "undone" } }]);
        CommandRun some = await host.RunAsync("vault");
        Assert.Contains("/home/ann/x", some.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("process 12", some.Said, StringComparison.Ordinal);
        CommandRun all = await host.RunAsync("vault", "--all", "--json");
        Assert.Equal(2, all.Said.TrimEnd('\n').Split('\n').Length);
        Assert.Equal([ControlVerb.Responses, ControlVerb.Responses], host.Asked.Select(asked => asked.Do));
    }
}
