using Ringwall.Contract;
using Ringwall.Host.Configuration;
using Ringwall.Host.Control;
using Ringwall.Host.Deliver;
using Ringwall.Host.Sandboxes;
using Ringwall.Host.Supervision;
using Ringwall.Host.Tests.Sandboxes;
using Ringwall.Kernel.Processes;

namespace Ringwall.Host.Tests.Supervision;

/// <summary>Real sensors in real sandboxes, most of which do not behave.</summary>
[Collection("kernel")]
public sealed class SensorCrewTests
{
    public SensorCrewTests() => Workshop.SkipUnlessRoot();

    [Fact]
    public void A_sensor_that_behaves_works_until_it_is_stopped_and_works_again_when_started()
    {
        using CrewAtWork work = new();
        string name = work.Add("good");
        work.Start();

        SensorSnapshot running = work.AwaitState(name, SensorState.Running);
        Assert.Equal(name, running.Hello!.Name);
        Assert.Equal(AskKinds.Exec | AskKinds.Open, running.Seat!.Asks);
        Assert.Equal(SwitchOutcome.AlreadySo, work.Crew.Start(name));

        Assert.Equal(SwitchOutcome.Ordered, work.Crew.Stop(name));
        SensorSnapshot stopped = work.AwaitState(name, SensorState.Stopped);
        Assert.Empty(stopped.Strikes);
        Assert.Contains("stopping", stopped.LastLines);
        Assert.Equal(SwitchOutcome.AlreadySo, work.Crew.Stop(name));

        Assert.Equal(SwitchOutcome.Ordered, work.Crew.Start(name));
        SensorSnapshot again = work.AwaitState(name, SensorState.Running);
        Assert.True(again.Starts > running.Starts);
        Assert.Equal(["seat", "unseat", "dismiss", "seat"], work.Seats.Log.Select(l => l.Split(' ')[0]));
        Assert.Equal(SwitchOutcome.NoSuchSensor, work.Crew.Start("nobody"));
    }

    [Fact]
    public void A_sensor_that_does_not_say_what_it_judges_is_missed_for_all_of_it_before_it_starts()
    {
        using CrewAtWork work = new();
        string name = work.Add("good");
        work.Start(expecting: true);
        work.AwaitState(name, SensorState.Running);
        Assert.Equal([$"miss {name} {AskKinds.Exec | AskKinds.Open}", "seat"], work.Seats.Log.Select(l => l.StartsWith("seat", StringComparison.Ordinal) ? "seat" : l));
    }

    [Fact]
    public void A_restart_is_a_new_generation_without_a_strike()
    {
        using CrewAtWork work = new();
        string name = work.Add("good");
        work.Start();
        long first = work.AwaitState(name, SensorState.Running).Starts;
        Assert.Equal(SwitchOutcome.Ordered, work.Crew.Restart(name));
        SensorSnapshot second = work.Await(name, s => s.State == SensorState.Running && s.Starts > first, "runs again");
        Assert.Empty(second.Strikes);
    }

    // What it does, what that is called, and what is said about it. Those of one test run at the same time.
    public static TheoryData<string[]> Failures => new(
        [
            "crash Crash SIGSEGV", "abort Crash killed by", "exit Exit exit code 7", "leave-quietly Exit exit code 0",
            "crash-early Start before its hello: killed by SIGSEGV", "babble Start not a hello that makes sense",
            "stranger Start says that it is stranger",
        ],
        [
            "mute Start did not say hello", "deaf Hang did not answer", "close Silence closed its socket",
            "eat Memory more memory than it may", "lie Flood nobody had asked for", "shout Flood more than the host could take",
            "garble Malformed made no sense",
        ]);

    [Theory]
    [MemberData(nameof(Failures))]
    public void Sensors_that_fail_again_and_again_end_in_quarantine_and_their_neighbour_notices_nothing(string[] failures)
    {
        using CrewAtWork work = new();
        string good = work.Add("good");
        Dictionary<string, string[]> bad = failures.Select(f => f.Split(' ', 3)).ToDictionary(f => work.Add(f[0]));
        work.Ponder = () => Thread.Sleep(5);
        work.Health = work.Health with
        {
            // A host that fails to tell the mute from the slow would strike the others, too.
            HelloWithin = TimeSpan.FromSeconds(10),
            AnswerWithin = TimeSpan.FromSeconds(10),
            DroppedMost = 10,
            NotExpectedMost = 50,
            MalformedMost = 0,
        };
        work.Start();
        SensorSnapshot neighbour = work.AwaitState(good, SensorState.Running);
        foreach ((string name, string[] failure) in bad)
        {
            SensorSnapshot quarantined = work.AwaitState(name, SensorState.Quarantined);
            Assert.Equal(2, quarantined.Strikes.Count);
            Assert.All(quarantined.Strikes, s => Assert.Equal(failure[1], $"{s.Reason}"));
            Assert.All(quarantined.Strikes, s => Assert.Contains(failure[2], s.Detail, StringComparison.Ordinal));
            Assert.All(quarantined.Strikes, s => Assert.Contains($"starting as {failure[0]}", s.LastLines));
            Assert.Equal(2, quarantined.Starts);

            // In quarantine it is missed, not dismissed: that is an operator's decision.
            Assert.DoesNotContain($"dismiss {name}", work.Seats.Log);
            Leftovers.AwaitNone(name, SensorUser.For(name), work.Workshop.Place.RunDirectory);
            Assert.Equal(SwitchOutcome.Ordered, work.Crew.Stop(name));
            work.AwaitState(name, SensorState.Stopped);
            Assert.Contains($"dismiss {name}", work.Seats.Log);
        }

        Assert.Equal((SensorState.Running, neighbour.Starts, 0), (work.Of(good).State, work.Of(good).Starts, work.Of(good).Strikes.Count));
    }

    [Fact]
    public void A_sensor_in_quarantine_starts_with_a_clean_sheet_when_an_operator_says_so()
    {
        using CrewAtWork work = new();
        string name = work.Add("exit");
        work.Start();
        SensorSnapshot first = work.AwaitState(name, SensorState.Quarantined);
        Assert.Equal(SwitchOutcome.Ordered, work.Crew.Start(name));
        SensorSnapshot second = work.Await(
            name, s => s.State == SensorState.Quarantined && s.Starts > first.Starts + 1, "is in quarantine once more");
        Assert.Equal(2, second.Strikes.Count);
    }

    [Fact]
    public void A_stopped_process_is_noticed_by_its_silence_and_replaced()
    {
        using CrewAtWork work = new();
        string name = work.Add("good");
        work.Health = work.Health with { AnswerWithin = TimeSpan.FromSeconds(10) };
        work.Start();
        SensorSnapshot running = work.AwaitState(name, SensorState.Running);
        Assert.True(Pidfd.TryOpen(running.Pid!.Value, out Pidfd? process));
        using (process)
        {
            Assert.True(process!.TrySignal(Signals.Stop));
            SensorSnapshot replaced = work.Await(name, s => s.State == SensorState.Running && s.Starts > running.Starts, "is replaced");
            Assert.Equal(StrikeReason.Hang, Assert.Single(replaced.Strikes).Reason);
            Assert.True(process.WaitForEnd(TimeSpan.Zero));
        }
    }

    [Fact]
    public void Missed_deadlines_are_strikes_and_the_sensor_goes_on_until_they_are_too_many()
    {
        using CrewAtWork work = new();
        string name = work.Add("slow");
        work.Health = work.Health with { Window = TimeSpan.FromMilliseconds(100), MissedLeast = 5 };

        // Counted where the counters are looked at, so that no look comes upon a part of the ten.
        int due = 0;
        work.TellFigures = seat =>
        {
            if (Interlocked.Exchange(ref due, 0) != 0)
            {
                Miss(seat);
            }

            return (0, 0);
        };
        work.Start();
        SensorSnapshot running = work.AwaitState(name, SensorState.Running);
        Volatile.Write(ref due, 1);
        SensorSnapshot struck = work.Await(name, s => s.Strikes.Count == 1, "has a strike");
        Assert.Equal((SensorState.Running, running.Starts), (struck.State, struck.Starts));
        Assert.Equal(StrikeReason.MissedDeadlines, struck.Strikes[0].Reason);
        Assert.Contains("10 of 10", struck.Strikes[0].Detail, StringComparison.Ordinal);

        Volatile.Write(ref due, 1);
        SensorSnapshot quarantined = work.AwaitState(name, SensorState.Quarantined);
        Assert.Equal(running.Starts, quarantined.Starts);

        static void Miss(SensorSeat seat)
        {
            for (int i = 0; i < 10; i++)
            {
                seat.Counters.CountAsked();
                seat.Counters.CountMissedDeadline();
            }
        }
    }

    [Fact]
    public void Lost_events_are_a_strike()
    {
        long told = 0;
        long lost = 0;
        using CrewAtWork work = new();
        string name = work.Add("good");
        work.Health = work.Health with { Window = TimeSpan.FromMilliseconds(100) };
        work.TellFigures = _ => (Interlocked.Read(ref told), Interlocked.Read(ref lost));
        work.Start();
        work.AwaitState(name, SensorState.Running);
        Interlocked.Exchange(ref told, 6000);
        Interlocked.Exchange(ref lost, 4000);
        SensorSnapshot struck = work.Await(name, s => s.Strikes.Count == 1, "has a strike");
        Assert.Equal(StrikeReason.Lag, struck.Strikes[0].Reason);
        Assert.Equal(SensorState.Running, struck.State);
    }

    [Fact]
    public void Burning_all_its_processor_time_is_a_strike()
    {
        using CrewAtWork work = new();
        string name = work.Add("spin", new SensorLimits { MemoryMb = 64, Processes = 16, CpuPercent = 20 });
        work.Health = work.Health with { CpuWindow = TimeSpan.FromSeconds(1), CpuShare = 0.5 };
        work.Restarts = work.Restarts with { StrikesAllowed = 100 };
        work.Start();
        SensorSnapshot struck = work.Await(name, s => s.Strikes.Count > 0, "has a strike");
        Assert.Equal(StrikeReason.Cpu, struck.Strikes[0].Reason);
        Assert.Equal(SensorState.Running, struck.State);
    }

    [Fact]
    public void One_message_that_makes_no_sense_is_a_strike_and_no_more()
    {
        using CrewAtWork work = new();
        string name = work.Add("garble-once");
        work.Start();
        SensorSnapshot struck = work.Await(name, s => s.Strikes.Count > 0, "has a strike");
        Assert.Equal(StrikeReason.Malformed, struck.Strikes[0].Reason);
        Assert.Equal((SensorState.Running, 1), (struck.State, struck.Strikes.Count));
    }

    [Fact]
    public void What_a_sensor_prints_is_kept_in_bounds_and_made_harmless()
    {
        using CrewAtWork work = new();
        string name = work.Add("print", new SensorLimits { MemoryMb = 64, Processes = 16, CpuPercent = 50 });
        work.Start();
        SensorSnapshot printing = work.Await(name, s => s.LastLines.Count == OutputTail.MostLines, "has printed much");
        Assert.All(printing.LastLines, l => Assert.DoesNotContain('\u001b', l));
        Assert.Contains(printing.LastLines, l => l.Contains("of many", StringComparison.Ordinal));
    }

    [Fact]
    public void A_sensor_that_prints_without_end_waits_for_the_host_and_is_struck()
    {
        using CrewAtWork work = new();
        string name = work.Add("print", new SensorLimits { MemoryMb = 64, Processes = 16, CpuPercent = 50 });
        work.Health = work.Health with { Window = TimeSpan.FromSeconds(2), OutputMost = 100_000 };
        long start = Environment.TickCount64;
        work.Start();
        Strike struck = work.Await(name, s => s.Strikes.Count > 0, "has a strike").Strikes[0];
        double seconds = (Environment.TickCount64 - start) / 1000.0;
        Assert.Equal(StrikeReason.Flood, struck.Reason);

        // Of the megabytes a second that it would write only so many are read, however long a busy machine makes the window.
        int bytes = int.Parse(struck.Detail.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(bytes, 100_001, (int)((seconds + 1) * 256 * 1024));
    }

    [Fact]
    public void Findings_arrive_under_the_configured_name()
    {
        using CrewAtWork work = new();
        string name = work.Add("shout");
        work.Start();
        work.Await(name, _ => work.Findings.Contains($"{name}: A probe was here"), "a finding arrives");
    }

    [Fact]
    public void A_sensor_that_does_not_stop_when_told_is_killed()
    {
        using CrewAtWork work = new();
        string name = work.Add("stay");
        work.Health = work.Health with { StopWithin = TimeSpan.FromMilliseconds(200) };
        work.Start();
        work.AwaitState(name, SensorState.Running);
        work.Crew.Stop(name);
        Assert.Empty(work.AwaitState(name, SensorState.Stopped).Strikes);
    }

    [Fact]
    public void Processes_that_a_sensor_left_behind_end_with_it()
    {
        using CrewAtWork work = new();
        string name = work.Add("fork");
        work.Start();
        SensorSnapshot forked = work.Await(name, s => s.LastLines.Any(l => l.StartsWith("fork: ", StringComparison.Ordinal)), "has forked");

        // 16 tasks in all, itself among them.
        Assert.Contains(forked.LastLines, l => l.EndsWith("after 15", StringComparison.Ordinal));
        work.Crew.Stop(name);
        work.AwaitState(name, SensorState.Stopped);
        Leftovers.AwaitNone(name, SensorUser.For(name), work.Workshop.Place.RunDirectory);
    }

    [Fact]
    public void A_manifest_that_was_broken_and_is_mended_is_read_again()
    {
        using CrewAtWork work = new();
        string name = work.Add("good");
        string folder = work.Configuration(name).Folder;
        File.WriteAllText(Path.Combine(folder, SensorManifest.FileName), "{ \"name\": 3 }");
        work.Start();
        SensorSnapshot quarantined = work.AwaitState(name, SensorState.Quarantined);
        Assert.All(quarantined.Strikes, s => Assert.Contains("sensor.json: name: it is 3", s.Detail, StringComparison.Ordinal));
        Workshop.WriteManifest(folder, name, [name, "good"]);
        work.Crew.Start(name);
        work.AwaitState(name, SensorState.Running);
    }

    [Fact]
    public void Sensors_that_cannot_run_together_are_named()
    {
        SensorConfiguration one = new() { Name = "one", Folder = "/x" };
        Assert.Empty(SensorCrew.Check([one]));
        Assert.Contains("share user", Assert.Single(SensorCrew.Check([one, one])).Reason, StringComparison.Ordinal);
        Assert.Contains(
            "at most 32",
            Assert.Single(SensorCrew.Check([.. Enumerable.Range(0, 33).Select(i => new SensorConfiguration { Name = $"s{i}", Folder = "/x" })])).Reason,
            StringComparison.Ordinal);
    }
}
