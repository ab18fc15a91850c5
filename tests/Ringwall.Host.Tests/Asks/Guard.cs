using Ringwall.Contract;
using Ringwall.Host.Decide;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Deliver.Tells;
using Ringwall.Host.Findings;
using Ringwall.Host.Intake.Asks;
using Ringwall.Host.Intake.Tells;
using Ringwall.Host.Review;
using Ringwall.Kernel.Fanotify;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Handover;

namespace Ringwall.Host.Tests.Asks;

/// <summary>The real answering and deadline threads on the real kernel, guarding one filesystem of the test's own.</summary>
internal sealed class Guard : IDisposable
{
    // Where the deadline is not the point, no machine may be so slow that it decides.
    private static readonly AskPolicies Patient = Both(Fallback.Open, 20_000);

    private readonly TestMount _mount;
    private readonly PermissionGroup _group = PermissionGroup.Create();
    private readonly Heartbeat _heartbeat = Heartbeat.Create();
    private readonly DeadlineThread _deadlines;
    private readonly MountMarks _marks;
    private readonly ReviewThread _review = new();
    private readonly List<ScriptedSensor> _sensors = [];
    private bool _disposed;

    public Guard(TestMount mount, AskPolicies? policies = null, string? scope = null, int capacity = 4096, DenialRing? denials = null, ProtectedSet? set = null)
    {
        LeaseBreaks.Ignore();
        _mount = mount;
        Context = new AskContext
        {
            Group = _group,
            Heartbeat = _heartbeat,
            Asks = new AskTable(capacity),
            Policies = policies ?? Patient,
            Scope = new AskScope([scope ?? mount.Point]),
            Processes = new ProcessTable(),
            Review = _review.Ring,
            Denials = denials ?? new DenialRing(),
            Protected = set ?? new ProtectedSet(),
        };
        Context.Own.Add(Environment.ProcessId);
        Loop = new AnsweringLoop(Context);
        _deadlines = new DeadlineThread(Context.Asks, _group, _heartbeat, Loop.TidyOverdue);
        Loop.Start();
        _deadlines.Start();
        Loop.StartReading();
        _marks = new MountMarks(_group, Context.Watched, [mount.Point], refused => Assert.Fail(refused));
        _marks.Start();
        Assert.Equal(1, _marks.Count);
        Assert.True(OpenFile.TryStat(mount.Point, out FileState top));
        Loop.Kernel.HearsOf(new HashSet<ulong> { top.Identity.Device });    // as the file event thread does
    }

    public AskContext Context { get; }

    public AnsweringLoop Loop { get; }

    public AskCounters Counters => Loop.Counters;

    /// <summary>A policy for both classes.</summary>
    public static AskPolicies Both(Fallback fallback, int milliseconds)
    {
        AskPolicy one = new(TimeSpan.FromMilliseconds(milliseconds), fallback);
        return new AskPolicies(one, one);
    }

    /// <summary>The real file event thread, so that what changes by no open is noticed too.</summary>
    public FileTells WatchFiles()
    {
        FileTells files = new(ChangeGroup.Create(), new FileTellContext
        {
            Hub = new TellHub(),
            Processes = Context.Processes,
            Changes = Loop.Kernel,
            Own = Context.Own,
            Watches = mount => mount.Point.AsSpan().SequenceEqual(System.Text.Encoding.UTF8.GetBytes(_mount.Point)),
        });
        files.Start();
        return files;
    }

    /// <summary>The real review thread.</summary>
    public ReviewThread Review()
    {
        _review.Start();
        return _review;
    }

    public ScriptedSensor Seat(string name, Func<Seen, Said?> script, AskKinds asks = AskKinds.Exec | AskKinds.Open, DenyBudget? budget = null)
    {
        ScriptedSensor sensor = new(name, asks, script, budget);
        _sensors.Add(sensor);
        Loop.Seat(sensor.Seat);
        return sensor;
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _marks.Stop();
        foreach (ScriptedSensor sensor in _sensors)
        {
            Loop.Unseat(sensor.Seat);
            sensor.Dispose();
        }

        Loop.StopReading();
        Loop.Stop();
        _deadlines.Stop();
        _marks.Dispose();

        // Closing the group releases whoever might still wait.
        _group.Dispose();
    }

    /// <summary>Returns when the answering thread has done all that follows on its last answer: whoever was answered may be further than it is.</summary>
    public void Settle() => _ = Loop.AllocatedBytes();

    /// <summary>Waits until something is so; on failure says what the host counted.</summary>
    public void Await(Func<bool> condition, string what)
    {
        long until = Environment.TickCount64 + 60_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < until, $"not within 60 s: {what}; {Describe()}");
            Thread.Sleep(2);
        }
    }

    private string Describe() =>
        string.Join(", ", Enum.GetValues<AskCounters.Answer>().Distinct().Select(answer => $"{answer} {Counters[answer]}"));
}
