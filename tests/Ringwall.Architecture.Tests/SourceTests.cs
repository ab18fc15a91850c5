namespace Ringwall.Architecture.Tests;

public sealed class SourceTests
{
    // Where everything may be caught, and why. A line here is a decision.
    private static readonly Dictionary<string, string> MayCatchAll = new()
    {
        ["sensors/yara/Engine/RuleCompiler.cs"] = "libyara calls back: an exception may not pass through its C frames",
        ["sensors/yara/Engine/Scanner.cs"] = "the same; the scan is ended with an error",
        ["src/Ringwall.Host/Fleet/AgentDoor.cs"] = "whatever the agent brings about must not end the host, and with it the guard of the machine",
        ["src/Ringwall.Host/Supervision/SensorPost.cs"] = "whatever is wrong with one sensor must not end the host, and with it all others",
        ["src/Ringwall.Host/Generations/Succession/SuccessionThread.cs"] = "one sensor's trouble must not keep the others from their fallback",
        ["src/Ringwall.Sdk/Running/Judge.cs"] = "a vendor's code failed: the sensor says so and ends, and the host's fallback answers",
        ["src/Ringwall.Sdk/Running/Session.cs"] = "the same, for tells and for the start",
    };

    // Who of host and keeper may ask what time it is, and what for. Everything else goes by a clock that never jumps.
    private static readonly Dictionary<string, string> MayReadWallClock = new()
    {
        ["src/Ringwall.Host/Decide/Blocking/Blocks.cs"] = "compared with a file's change time, which is of the same clock",
        ["src/Ringwall.Host/Decide/OverrideBook.cs"] = "when a person decided, for people",
        ["src/Ringwall.Host/Deliver/Tells/TellHub.cs"] = "when a loss was noticed, told to sensors",
        ["src/Ringwall.Host/Findings/FindingLog.cs"] = "the finding's time; allowances go by the other",
        ["src/Ringwall.Host/Findings/Machine.cs"] = "when the machine was booted, for reports",
        ["src/Ringwall.Host/Fleet/FleetDesk.cs"] = "releases expire and windows open by the calendar, which is never believed to go back; and when harm was done, for the fleet",
        ["src/Ringwall.Host/Fleet/FleetHealth.cs"] = "when harm was done, for the fleet",
        ["src/Ringwall.Host/Fleet/FleetReports.cs"] = "the reports' times, for the fleet",
        ["src/Ringwall.Host/Fleet/FleetStandings.cs"] = "since when a release is what it is, for the fleet; time in service goes by the other",
        ["src/Ringwall.Host/Generations/Probation/ProbationRun.cs"] = "when it began and ended, for its report",
        ["src/Ringwall.Host/Generations/Store/Making.cs"] = "when a release was installed, for people",
        ["src/Ringwall.Host/Generations/Store/SensorShelf.cs"] = "when a generation was refused, for people",
        ["src/Ringwall.Host/Intake/Asks/AnsweringLoop.cs"] = "compared with a file's change time, which is of the same clock",
        ["src/Ringwall.Host/Journal/JournalFollower.cs"] = "compared with the times of events that were told",
        ["src/Ringwall.Host/Journal/JournalStream.cs"] = "the records' times; their age goes by both clocks",
        ["src/Ringwall.Host/Responses/UndoJournal.cs"] = "the lines' times; budgets go by the other",
        ["src/Ringwall.Host/Running/HostView.cs"] = "since when the host runs, for people",
        ["src/Ringwall.Host/Supervision/SensorPost.cs"] = "since when, and when a strike was, for people; windows go by the other",
    };

    [Fact]
    public void No_wait_budget_or_deadline_goes_by_a_clock_that_somebody_may_set()
    {
        string[] read = [.. SourceTree.CSharp("src/Ringwall.Host/", "src/Ringwall.Keeper/").Where(file => SourceRules.WallClock(file, SourceTree.Read(file)).Any())];
        Assert.Equal(MayReadWallClock.Keys.Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Native_code_is_imported_in_one_place() => Holds(SourceRules.Imports, "src/", "sensors/", "samples/");

    [Fact]
    public void Unsafe_code_stays_where_bytes_are_spoken() => Holds(SourceRules.Unsafe, "src/", "sensors/", "samples/");

    [Fact]
    public void Names_say_what_a_thing_is() => Holds(SourceRules.WeakNames, "src/", "sensors/", "samples/", "tests/", "bench/");

    [Fact]
    public void Files_are_short_or_say_why_not() => Holds(SourceRules.Length, "src/", "sensors/", "samples/", "tests/", "bench/");

    [Fact]
    public void A_file_has_one_public_type_or_two() =>
        Holds((file, text) => file.Contains("/Abi/", StringComparison.Ordinal) ? [] : SourceRules.FewPublicTypes(file, text), "src/", "sensors/");

    [Fact]
    public void Nothing_is_left_for_later() => Holds(SourceRules.Unfinished, "src/", "sensors/", "samples/", "tests/", "bench/");

    [Fact]
    public void Nothing_sleeps() => Holds(SourceRules.Sleeps, "src/", "sensors/", "samples/", "tests/");

    [Fact]
    public void Everything_is_caught_only_where_that_was_decided()
    {
        List<string> broken = [];
        foreach (string file in SourceTree.CSharp("src/", "sensors/"))
        {
            string[] found = [.. SourceRules.CatchAll(file, SourceTree.Read(file))];
            if (found.Length > 0 && !MayCatchAll.ContainsKey(file))
            {
                broken.AddRange(found);
            }
        }

        Assert.True(broken.Count == 0, $"these catch everything without a filter and without throwing on:\n{string.Join('\n', broken)}");
        Assert.All(MayCatchAll.Keys, file => Assert.NotEmpty(SourceRules.CatchAll(file, SourceTree.Read(file))));
    }

    [Theory]
    [InlineData("[LibraryImport(\"libc\")] static partial int getpid();", nameof(SourceRules.Imports))]
    [InlineData("public unsafe void M() { }", nameof(SourceRules.Unsafe))]
    [InlineData("internal sealed class SensorManager { }", nameof(SourceRules.WeakNames))]
    [InlineData("public readonly record struct FileInfo(int X);", nameof(SourceRules.WeakNames))]
    [InlineData("public sealed class A;\npublic enum B { C }\npublic static class D { }", nameof(SourceRules.FewPublicTypes))]
    [InlineData("try { } catch (Exception e) { Log(e); }", nameof(SourceRules.CatchAll))]
    [InlineData("try { } catch { }", nameof(SourceRules.CatchAll))]
    [InlineData("// TO" + "DO: later", nameof(SourceRules.Unfinished))]
    [InlineData("System.Threading.Thread.Sleep(5);", nameof(SourceRules.Sleeps))]
    [InlineData("var now = DateTimeOffset.UtcNow;", nameof(SourceRules.WallClock))]
    [InlineData("return clock.GetUtcNow() - since;", nameof(SourceRules.WallClock))]
    public void Each_rule_finds_what_it_is_for(string text, string rule) => Assert.NotEmpty(Rule(rule)("src/Ringwall.Host/X.cs", text));

    [Theory]
    [InlineData("// unsafe is a word\nstring s = \"unsafe [LibraryImport]\"; var t = \"\"\"\n unsafe \"\"\";", nameof(SourceRules.Unsafe))]
    [InlineData("// [LibraryImport] is an attribute", nameof(SourceRules.Imports))]
    [InlineData("internal sealed class Database { }", nameof(SourceRules.WeakNames))]
    [InlineData("public sealed class A { public enum B { C } }\npublic enum D { E }", nameof(SourceRules.FewPublicTypes))]
    [InlineData("try { } catch (Exception e) when (e is IOException) { }", nameof(SourceRules.CatchAll))]
    [InlineData("try { } catch { x.Dispose(); throw; }", nameof(SourceRules.CatchAll))]
    [InlineData("try { } catch (IOException) { }", nameof(SourceRules.CatchAll))]
    [InlineData("while (!done())\n{\n    Assert.True(now < until);\n    Thread.Sleep(5);\n}", nameof(SourceRules.Sleeps))]
    [InlineData("work.Ponder = () => Thread.Sleep(5);", nameof(SourceRules.Sleeps))]
    [InlineData("// not UtcNow\nlong now = Environment.TickCount64; TimeSpan at = clock.GetElapsedTime(0);", nameof(SourceRules.WallClock))]
    public void No_rule_finds_what_is_fine(string text, string rule) => Assert.Empty(Rule(rule)("src/Ringwall.Host/X.cs", text));

    [Fact]
    public void The_rule_of_length_counts_lines()
    {
        string lines = new('\n', 501);
        Assert.NotEmpty(SourceRules.Length("x.cs", lines));
        Assert.Empty(SourceRules.Length("x.cs", lines + "// More than 500 lines: one table."));
    }

    private static Func<string, string, IEnumerable<string>> Rule(string name) => name switch
    {
        nameof(SourceRules.Imports) => SourceRules.Imports,
        nameof(SourceRules.Unsafe) => SourceRules.Unsafe,
        nameof(SourceRules.WeakNames) => SourceRules.WeakNames,
        nameof(SourceRules.FewPublicTypes) => SourceRules.FewPublicTypes,
        nameof(SourceRules.CatchAll) => SourceRules.CatchAll,
        nameof(SourceRules.Unfinished) => SourceRules.Unfinished,
        nameof(SourceRules.WallClock) => SourceRules.WallClock,
        _ => SourceRules.Sleeps,
    };

    private static void Holds(Func<string, string, IEnumerable<string>> rule, params string[] under)
    {
        string[] files = [.. SourceTree.CSharp(under)];
        Assert.True(files.Length >= 50, $"only {files.Length} files were seen, so this test looks at the wrong place");
        string[] broken = [.. files.SelectMany(file => rule(file, SourceTree.Read(file)))];
        Assert.True(broken.Length == 0, string.Join('\n', broken));
    }
}
