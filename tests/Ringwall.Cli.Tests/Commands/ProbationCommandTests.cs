using System.Text.Json;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Probation;

namespace Ringwall.Cli.Tests.Commands;

public sealed class ProbationCommandTests
{
    private static readonly ProbationReport Refused = new()
    {
        Sensor = "yara",
        Candidate = new GenerationIdentity(4, "Ringwall", "1.1.0", "aa", "2026-01-02", "bb"),
        Current = new GenerationIdentity(3, "Ringwall", "1.1.0", "aa", "2026-01-01", "cc"),
        Result = ProbationResult.Refused,
        Because = "it denies 1 file of the protected set, among them /usr/lib/x86_64-linux-gnu/libc.so.6",
        Began = Samples.Start,
        Ended = Samples.Start.AddSeconds(9),
        Host = "0.1.0",
        Cell = new MachineCell("debian 13", "6.1.0-28-amd64", "x64", [new CellSensor("sigma", "1.0", "")]),
        Seed = 7,
        Phases =
        [
            new ProbationPhase { Name = "start", State = "done", Milliseconds = 412 },
            new ProbationPhase { Name = "synthetic", State = "done", Milliseconds = 5_300, Asks = 214, Missed = 1, Denied = 12, Tells = 1_120 },
            new ProbationPhase { Name = "protected", State = "cut short", Milliseconds = 3_100, Asks = 230, Denied = 1 },
            new ProbationPhase { Name = "journal", State = "skipped" },
            new ProbationPhase { Name = "live", State = "skipped" },
        ],
        Gates =
        [
            new ProbationGate { Name = "started", State = GateState.Passed, Value = 412, Bound = 30_000, Unit = "ms", Says = "it started in 0.4 s" },
            new ProbationGate { Name = "protected", State = GateState.Failed, Value = 1, Bound = 0, Unit = "files", Says = "it denies 1 file of the protected set" },
            new ProbationGate { Name = "cpu", State = GateState.NotJudged, Unit = "µs per event", Says = "too few events to compare its processor time" },
            new ProbationGate { Name = "seen-asks", State = GateState.Waiting, Value = 0, Bound = 100, Unit = "asks", Says = "0 of 100 real asks were judged" },
        ],
        Differences =
        [
            new ProbationDifference
            {
                Path = "/usr/lib/x86_64-linux-gnu/libc.so.6", Class = "open", Candidate = "deny", Current = "unknown", Reason = "[Trojan]", Protected = "it is the C library",
            },
        ],
        DifferencesLeftOut = 2,
    };

    [Fact]
    public async Task A_refused_generation_is_shown_with_every_gate_and_the_files_that_refused_it()
    {
        await using FakeHost host = new(_ => [new ControlReply { Probation = Refused }]);
        CommandRun run = await host.RunAsync("probation", "yara");
        Assert.Equal(ExitCode.Done, run.Exit);
        GoldenFile.Equals("probation.txt", run.Said.ReplaceLineEndings("\n"));
        ControlRequest asked = Assert.Single(host.Asked);
        Assert.Equal((ControlVerb.Probation, "yara", null), (asked.Do, asked.Name, asked.Number));
    }

    [Fact]
    public async Task With_json_it_is_the_report_that_is_on_disk()
    {
        await using FakeHost host = new(_ => [new ControlReply { Probation = Refused }]);
        CommandRun run = await host.RunAsync("probation", "yara", "4", "--json");
        Assert.Equal(4, Assert.Single(host.Asked).Number);
        Assert.Equal(JsonSerializer.Serialize(Refused, ControlReplyJson.Lines.ProbationReport), run.Said.TrimEnd('\n'));
        using JsonDocument read = JsonDocument.Parse(run.Said);
        Assert.All(Numbers(read.RootElement), number => Assert.True(number.TryGetInt64(out _), $"{number} is no whole number, which signers write in different ways"));
        Assert.Equal(0, read.RootElement.GetProperty("signatures").GetArrayLength());
    }

    private static IEnumerable<JsonElement> Numbers(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Numbers(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Numbers),
        JsonValueKind.Number => [element],
        _ => [],
    };
}
