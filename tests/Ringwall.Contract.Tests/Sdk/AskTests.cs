using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Contract.Tests.Socket;
using Ringwall.Sdk.Testing;
using Ringwall.Sdk;
using static Ringwall.Contract.Tests.Sdk.Trials;

namespace Ringwall.Contract.Tests.Sdk;

/// <summary>How asks are judged: content, deadlines, workers, descriptors, and what it costs.</summary>
public sealed partial class AskTests : IDisposable
{
    private readonly string _good = Path.GetTempFileName();
    private readonly string _bad = Path.GetTempFileName();

    public AskTests()
    {
        File.WriteAllText(_good, "nothing special");
        File.WriteAllText(_bad, "EVIL and more");
    }

    public void Dispose()
    {
        File.Delete(_good);
        File.Delete(_bad);
    }

    [Theory, InlineData(0), InlineData(3)]
    public void A_sensor_judges_by_what_it_reads_from_the_descriptor(int workers)
    {
        Scripted sensor = null!;
        sensor = new Scripted
        {
            Ask = (in Ask ask) =>
            {
                Span<byte> head = stackalloc byte[4];
                if (ask.Read(head) == 4 && head.SequenceEqual("EVIL"u8))
                {
                    sensor.Send(new Finding("marker", "A marked file", Severity.High).About(in ask));
                    return SensorVerdict.Deny("marker found");
                }

                return SensorVerdict.Allow(cacheable: true);
            },
        };
        using SensorTrial trial = SensorTrial.Start(sensor, new SensorOptions { Workers = workers });
        Assert.Equal("scripted", trial.Hello.Name);
        for (int i = 0; i < 100; i++)
        {
            TrialVerdict good = trial.Judge(EventClass.Open, _good);
            Assert.Equal((Verdict.Allow, true), (good.Verdict, good.Cacheable));
            TrialVerdict bad = trial.Judge(EventClass.Exec, _bad);
            Assert.Equal((Verdict.Deny, "marker found"), (bad.Verdict, bad.Reason));
            FindingMessage finding = trial.WaitFinding();
            Assert.Equal(bad.Ticket, finding.Ticket);
            Assert.Equal(_bad, Encoding.UTF8.GetString(finding.Path.Span));
        }

        Assert.Equal(200UL, trial.AskHealth().AsksAnswered);
        Assert.Equal(0, trial.Stop());
        Assert.Equal("", trial.Errors);
    }

    [Theory, InlineData(0), InlineData(2)]
    public void An_ask_whose_deadline_has_passed_is_not_judged(int workers)
    {
        List<ulong> judged = [];
        Scripted sensor = new()
        {
            Ask = (in Ask ask) =>
            {
                lock (judged)
                {
                    judged.Add(ask.Ticket);
                }

                return SensorVerdict.Allow();
            },
        };
        using SensorTrial trial = SensorTrial.Start(sensor, new SensorOptions { Workers = workers });
        trial.SendAsk(EventClass.Open, _good, TimeSpan.FromSeconds(-1));
        ulong inTime = trial.SendAsk(EventClass.Open, _good, Long);
        Assert.Equal(inTime, trial.WaitVerdict().Ticket);
        Until(() => trial.AskHealth() is { AsksLate: 1, AsksAnswered: 1 });
        Assert.Equal([inTime], judged);
    }

    [Theory, InlineData(0), InlineData(1)]
    public void A_verdict_that_comes_after_its_deadline_is_dropped(int workers)
    {
        Scripted sensor = new()
        {
            Ask = (in Ask ask) =>
            {
                while (ask.Ticket == 1 && ask.TimeLeft > TimeSpan.Zero)
                {
                    Thread.Yield();
                }

                return SensorVerdict.Allow();
            },
        };
        using SensorTrial trial = SensorTrial.Start(sensor, new SensorOptions { Workers = workers });
        trial.SendAsk(EventClass.Open, _good, TimeSpan.FromSeconds(1));
        trial.SendAsk(EventClass.Open, _good, Long);
        Assert.Equal(2UL, trial.WaitVerdict().Ticket);
        Until(() => trial.AskHealth() is { AsksLate: 1, AsksAnswered: 1 });
    }

    [Theory, InlineData(0), InlineData(2)]
    public void An_exception_from_OnAsk_sends_no_verdict_and_ends_the_sensor_with_1(int workers)
    {
        Scripted sensor = new() { Ask = (in Ask _) => throw new InvalidTimeZoneException("broken rule"), Stop = () => Assert.Fail("OnStop after an exception") };
        using SensorTrial trial = SensorTrial.Start(sensor, new SensorOptions { Workers = workers });
        trial.SendAsk(EventClass.Exec, _good, Long);
        Assert.Equal(1, trial.WaitExit());
        Assert.Contains("OnAsk threw", trial.Errors, StringComparison.Ordinal);
        Assert.Contains("broken rule", trial.Errors, StringComparison.Ordinal);
        Assert.Throws<EndOfStreamException>(trial.WaitVerdict);
    }

    [Fact]
    public void No_verdict_is_an_error_and_not_an_allow()
    {
        using SensorTrial trial = SensorTrial.Start(new Scripted { Ask = (in Ask _) => default });
        trial.SendAsk(EventClass.Exec, _good, Long);
        Assert.Equal(1, trial.WaitExit());
        Assert.Contains("no verdict", trial.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Workers_judge_at_the_same_time_and_the_rest_waits_or_is_left_unanswered()
    {
        using ManualResetEventSlim gate = new();
        using SemaphoreSlim inside = new(0);
        Scripted sensor = new()
        {
            Ask = (in Ask ask) =>
            {
                inside.Release();
                Assert.True(gate.Wait(Patience));
                Span<byte> one = stackalloc byte[1];
                return ask.Read(one) == 1 ? SensorVerdict.Allow() : SensorVerdict.Deny("the descriptor is another ask's");
            },
        };
        using SensorTrial trial = SensorTrial.Start(sensor, new SensorOptions { Workers = 3, WaitingAsks = 2, StuckAfter = Long });
        Assert.Equal(0U, trial.AskHealth().AsksWaiting);
        Assert.Equal(0, Descriptors.Of(_good));
        for (int i = 0; i < 3; i++)
        {
            trial.SendAsk(EventClass.Open, _good, Long);
            Assert.True(inside.Wait(Patience), "a worker judges each");
        }

        for (int i = 0; i < 4; i++)
        {
            trial.SendAsk(EventClass.Open, _good, Long);
        }

        HealthMessage health = trial.AskHealth();
        Assert.Equal((2U, 2UL, 0UL), (health.AsksWaiting, health.AsksLate, health.AsksAnswered));
        Until(() => Descriptors.Of(_good) == 5);       // three in work, two waiting; those of the others are closed
        gate.Set();
        ulong[] answered = [.. Enumerable.Range(0, 5).Select(_ => trial.WaitVerdict()).Select(verdict =>
        {
            Assert.Equal(Verdict.Allow, verdict.Verdict);
            return verdict.Ticket;
        })];
        Assert.Equal<ulong>([1, 2, 3, 4, 5], [.. answered.Order()]);
        Assert.Equal(3, sensor.MostInside);
        Until(() => Descriptors.Of(_good) == 0);
    }

    [Theory, InlineData(0), InlineData(2)]
    public void No_descriptor_is_left_open(int workers)
    {
        using SensorTrial trial = SensorTrial.Start(new Scripted(), new SensorOptions { Workers = workers });
        trial.Judge(EventClass.Open, _good);
        Until(() => trial.AskHealth().AsksAnswered == 1);
        int before = Descriptors.Count;
        for (int i = 0; i < 500; i++)
        {
            trial.Judge(EventClass.Open, _good);
            trial.SendAsk(EventClass.Open, _good, TimeSpan.FromSeconds(-1));
        }

        Until(() => trial.AskHealth().AsksLate == 500);
        Until(() => Descriptors.Of(_good) == 0);

        // Of a thousand asks: what the runtime opens meanwhile are a few.
        Assert.InRange(Descriptors.Count, 0, before + 100);
    }

    [Fact]
    public void A_kept_descriptor_outlives_its_ask()
    {
        SafeFileHandle? kept = null;
        using SensorTrial trial = SensorTrial.Start(new Scripted
        {
            Ask = (in Ask ask) =>
            {
                kept = ask.Keep();
                return SensorVerdict.Allow();
            },
        });
        trial.Judge(EventClass.Open, _bad);
        Assert.Equal(0, trial.Stop());
        using (kept)
        {
            Assert.Equal(13, RandomAccess.GetLength(kept!));
            Assert.True(Descriptors.IsCloseOnExec((int)kept!.DangerousGetHandle()));
        }
    }

    [Fact]
    public void A_sensor_that_wants_no_descriptor_gets_none()
    {
        using SensorTrial trial = SensorTrial.Start(new Scripted
        {
            WithDescriptor = false,
            Ask = (in Ask ask) =>
            {
                Assert.False(ask.HasDescriptor);
                Assert.Equal(-1, ask.Descriptor);
                return SensorVerdict.Deny(ask.Path);
            },
        });
        Assert.Equal(_good, trial.Judge(EventClass.Open, _good).Reason);
    }

    [Fact]
    public void The_verdict_leaves_before_the_findings_of_its_ask()
    {
        Scripted sensor = null!;
        sensor = new Scripted
        {
            Ask = (in Ask ask) =>
            {
                sensor.Send(new Finding("one", "first", Severity.Low));
                sensor.Send(new Finding("two", "second", Severity.Low));
                return SensorVerdict.Allow();
            },
        };
        using SensorTrial trial = SensorTrial.Start(sensor);
        trial.SendAsk(EventClass.Open, _good, Long);
        Assert.Equal([MessageKind.Verdict, MessageKind.Finding, MessageKind.Finding], (MessageKind[])[Kind(trial.Receive()), Kind(trial.Receive()), Kind(trial.Receive())]);
    }

    [Fact]
    public void Text_that_is_too_long_is_cut_between_characters()
    {
        Scripted sensor = null!;
        sensor = new Scripted
        {
            Ask = (in Ask ask) =>
            {
                sensor.Send(new Finding(new string('€', 500), new string('t', 5000), Severity.Critical)
                {
                    Description = new string('d', 100_000), Tags = [.. Enumerable.Repeat(new string('g', 1000), 100), ""],
                }.About(in ask));
                return SensorVerdict.Deny(new string('€', 1000));
            },
        };
        using SensorTrial trial = SensorTrial.Start(sensor);
        Assert.Equal(new string('€', Protocol.MaxReasonBytes / 3), trial.Judge(EventClass.Open, _good).Reason);
        FindingMessage finding = trial.WaitFinding();
        Assert.Equal(new string('€', Protocol.MaxRuleIdBytes / 3), finding.RuleId);
        Assert.Equal(Protocol.MaxTags, finding.Tags.Count);
    }

    [Fact]
    public void Judging_allocates_nothing_in_the_sdk()
    {
        List<long> allocated = new(4096);
        using SensorTrial trial = SensorTrial.Start(new Scripted
        {
            Ask = (in Ask ask) =>
            {
                Span<byte> head = stackalloc byte[4];
                allocated.Add(GC.GetAllocatedBytesForCurrentThread());
                return ask.Read(head) == 4 && ask.TimeLeft > TimeSpan.Zero && !ask.PathBytes.IsEmpty ? SensorVerdict.Deny("a reason") : SensorVerdict.Allow();
            },
        });
        for (int i = 0; i < 2_000; i++)
        {
            Assert.Equal(Verdict.Deny, trial.Judge(EventClass.Open, _good).Verdict);
        }

        // From ask to ask on the reading thread, receiving and sending included. The first ones warm up; and as the runtime may use the thread once for
        // work of its own, the least of several stretches counts.
        Assert.Equal(0, Enumerable.Range(0, 5).Select(stretch => 500 + (300 * stretch)).Min(from => allocated[from + 299] - allocated[from]));
    }

    [Fact]
    public void Deadlines_are_in_nanoseconds_of_the_kernels_monotonic_clock()
    {
        ulong before = MonotonicClock.Now;
        Assert.Equal(0, clock_gettime(1, out Timespec kernel));
        ulong after = MonotonicClock.Now;
        Assert.InRange(((ulong)kernel.Seconds * 1_000_000_000) + (ulong)kernel.Nanoseconds, before, after);
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out Timespec time);

    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
