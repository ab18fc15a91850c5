using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Tests.Commands;

public sealed class GenerationCommandTests
{
    private static readonly GenerationLine[] Lines =
    [
        new() { Sensor = "yara", Number = 0, State = "kept", Engine = "0.1.0", Vendor = "Ringwall" },
        new() { Sensor = "yara", Number = 3, State = "fallback", Version = "2026.10", Engine = "4.5.2", Content = "5119", Bytes = 41_000_000, Installed = Samples.Start },
        new() { Sensor = "yara", Number = 4, State = "in service", Version = "2026.11", Engine = "4.5.2", Content = "5120", Bytes = 41_200_000, Installed = Samples.Start, Passed = true, Pinned = true },
        new() { Sensor = "yara", Number = 5, State = "refused", Version = "2026.12", Engine = "4.6.0", Content = "5121", Bytes = 42_000_000, Installed = Samples.Start, Why = "it denied /usr/bin/sudo, which is protected" },
        new() { Sensor = "yara", Number = 6, State = "waiting", Version = "2026.12.1", Engine = "4.6.0", Content = "5122", Bytes = 42_000_000, Installed = Samples.Start, Passed = true },
    ];

    [Fact]
    public async Task Generations_are_a_table_that_fits_80_columns_and_says_why()
    {
        await using FakeHost host = new(_ => Lines.Select(line => new ControlReply { Generation = line }));
        CommandRun run = await host.RunAsync("generations", "yara");
        Assert.Equal("yara", Assert.Single(host.Asked).Name);
        GoldenFile.Equals("generations.txt", run.Said.ReplaceLineEndings("\n"));
        Assert.All(run.Said.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 80, line));
    }

    [Fact]
    public async Task With_json_each_generation_is_a_line()
    {
        await using FakeHost host = new(_ => Lines.Select(line => new ControlReply { Generation = line }));
        CommandRun run = await host.RunAsync("generations", "--json");
        Assert.Equal(5, run.Said.TrimEnd('\n').Split('\n').Length);
        Assert.Contains("\"state\":\"in service\"", run.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_is_answered_by_a_sentence_and_with_json_by_the_generation_too()
    {
        await using FakeHost host = new(_ => [new ControlReply { Generation = Lines[4] }, new ControlReply { Said = "yara 6 is installed" }]);
        CommandRun run = await host.RunAsync("install", "some/../package.tar.gz", "--sensor", "yara");
        Assert.Equal((ExitCode.Done, "yara 6 is installed\n"), (run.Exit, run.Said));
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "package.tar.gz"), host.Asked[0].Path);
        Assert.Equal("yara", host.Asked[0].Name);
        run = await host.RunAsync("promote", "yara", "6", "--json");
        Assert.Equal(6, host.Asked[1].Number);
        Assert.StartsWith("{\"generation\":{\"sensor\":\"yara\",\"number\":6", run.Said, StringComparison.Ordinal);
    }
}
