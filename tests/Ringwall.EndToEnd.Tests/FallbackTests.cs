using System.Globalization;
using System.Text.Json;

namespace Ringwall.EndToEnd.Tests;

/// <summary>A generation goes too far in service: the one before comes back, and what the other did is taken back. Published programs, the real kernel.</summary>
[Collection("guard")]
public sealed class FallbackTests
{
    private const string Sensor = "faulty";

    [Fact]
    public void A_spent_deny_budget_brings_back_the_generation_before_and_takes_back_what_the_other_did()
    {
        using Installed installed = new(rest: home => Rest(home, """ "newDeniesPerHour": 2 """));
        string[] papers = [.. Enumerable.Range(0, 5).Select(i => Write(installed, $"paper-{i}"))];
        string kept = Write(installed, "keep-me"), bad = installed["bad"];
        File.Move(Write(installed, "other"), bad);      // to write to it would be refused
        Assert.False(Installed.CanOpen(bad));
        Bring(installed, "ask name bad* do deny", "ask name paper* do deny", "open name keep* do request quarantine");

        // What it does while it is believed: it has a file moved away, and denies.
        Assert.True(Installed.CanOpen(kept));
        Shell.Await(() => !File.Exists(kept), "the file is in the vault", installed.Log);
        Assert.False(Installed.CanOpen(papers[0]));
        Assert.Equal("in service", State(installed, 1).State);

        foreach (string paper in papers)
        {
            _ = Installed.CanOpen(paper);
        }

        AwaitFallback(installed, "files that the generation before would have allowed");
        Shell.Await(() => File.Exists(kept), "the file is back", installed.Log);
        Assert.Equal("what a person wrote", File.ReadAllText(kept));
        Assert.All(papers, paper => Assert.True(Installed.CanOpen(paper)));
        Assert.False(Installed.CanOpen(bad));
    }

    [Theory]
    [InlineData("budget", true)]
    [InlineData("never", false)]
    public void A_sensor_that_spends_its_response_budget_falls_back_and_by_policy_all_that_it_did_is_undone(string policy, bool byItself)
    {
        using Installed installed = new(rest: home => Rest(home, """ "responsesPerHour": 2 """, policy));
        string[] files = [.. Enumerable.Range(0, 3).Select(i => Write(installed, $"keep-{i}"))];
        Bring(installed, "ask name bad* do deny", "open name keep* do request quarantine");
        for (int i = 0; i < 2; i++)
        {
            Assert.True(Installed.CanOpen(files[i]));
            Shell.Await(() => !File.Exists(files[i]), $"{files[i]} is in the vault", installed.Log);
        }

        // The third is one too many: it stays, and the generation goes.
        Assert.True(Installed.CanOpen(files[2]));
        AwaitFallback(installed, "may have 2 (budgets.responsesPerHour)");
        if (!byItself)
        {
            Assert.Equal([false, false, true], files.Select(File.Exists));
            Assert.Equal(0, installed.Ringwall("undo", Sensor, "--generation", "1").Exit);
        }

        Shell.Await(() => files.All(File.Exists), "what it took is back", installed.Log);
        Assert.All(files, file => Assert.Equal("what a person wrote", File.ReadAllText(file)));
    }

    // A sensor that does what its content says, its generation 0 in order, and no probation: what is to be shown comes after.
    private static string Rest(string home, string budgets, string undo = "budget")
    {
        string engine = Path.Combine(home, "engine"), content = Path.Combine(home, "content");
        Directory.CreateDirectory(engine);
        Directory.CreateDirectory(content);
        File.Copy($"{Installed.Published}/museum/tools/faulty", $"{engine}/faulty");
        File.WriteAllText($"{engine}/sensor.json", $$"""{ "name": "{{Sensor}}", "vendor": "Museum", "version": "1", "executable": "faulty", "arguments": ["{{Sensor}}"], "rights": ["quarantine"] }""");
        File.WriteAllText($"{content}/behaviour", "content 1\nask name bad* do deny\n");
        return $$"""
            "withoutGuards": ["probation"], "generations": { "undoOnFallback": "{{undo}}" }, "budgets": { {{budgets}} },
              "sensors": [ { "name": "{{Sensor}}", "folder": "{{engine}}", "content": ["{{content}}"], "grants": ["quarantine"] } ]
            """;
    }

    private static string Write(Installed installed, string name)
    {
        File.WriteAllText(installed[name], "what a person wrote");
        return installed[name];
    }

    // As generation 1.
    private static void Bring(Installed installed, params string[] lines)
    {
        string content = Path.Combine(installed.Home, "release"), package = Path.Combine(installed.Home, "release.tar.gz");
        Directory.CreateDirectory(content);
        File.WriteAllLines(Path.Combine(content, "behaviour"), ["content 2", .. lines]);
        Shell.Must($"{Installed.Published}/bin/ringwall", "pack", package, "--release", "2", "--sensor", Sensor, "--vendor", "Museum", "--content", content);
        (int exit, _, string complained) = installed.Ringwall("install", package);
        Assert.True(exit == 0, complained);
        Shell.Await(() => State(installed, 1).State == "in service" && State(installed, 0).State == "fallback", "the release is in service, and the one before stands by", installed.Log);
    }

    private static void AwaitFallback(Installed installed, string why)
    {
        Shell.Await(() => State(installed, 1).State == "refused" && State(installed, 0).State == "in service", "the generation before is in service again", installed.Log);
        Assert.Contains(why, State(installed, 1).Why, StringComparison.Ordinal);
    }

    private static (string State, string Why) State(Installed installed, long number)
    {
        foreach (string line in installed.Ringwall("generations", Sensor, "--json").Out.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement one = document.RootElement.TryGetProperty("generation", out JsonElement inner) ? inner : document.RootElement;
            if (one.GetProperty("number").GetInt64() == number)
            {
                return (one.GetProperty("state").GetString()!, one.TryGetProperty("why", out JsonElement why) ? why.GetString() ?? "" : "");
            }
        }

        return ("", string.Create(CultureInfo.InvariantCulture, $"there is no generation {number}"));
    }
}
