using Ringwall.Contract;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Deliver.Asks;
using Ringwall.Host.Generations.Succession;
using Ringwall.Host.Running;
using Ringwall.Kernel.Scheduling;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Supervision;

/// <summary>Says a snapshot in the words of the control socket.</summary>
internal static class SensorStatuses
{
    private const double BytesPerMegabyte = 1024.0 * 1024;

    /// <summary>A sensor: what is in service, and what stands beside.</summary>
    public static SensorStatus Of(SensorSuccession sensor, TellFigures figures)
    {
        IReadOnlyList<RunningGeneration> running = sensor.Running();
        SensorStatus main = running.FirstOrDefault(one => one.Standing == Standing.InService) is { } served
            ? Of(served.Post.Snapshot(), figures)
            : new SensorStatus { Name = sensor.Name, State = "stopped", Note = "no generation is in service" };
        return main with { Beside = [.. running.Where(one => one.Standing != Standing.InService).Select(Beside)] };
    }

    private static GenerationBeside Beside(RunningGeneration running)
    {
        SensorSnapshot snapshot = running.Post.Snapshot();
        return new GenerationBeside
        {
            Generation = running.Number,
            Standing = running.Standing switch { Standing.Fallback => "fallback", Standing.OnTrial => "probation", _ => "leaving" },
            State = Word(snapshot.State),
            Engine = snapshot.Engine,
            Content = snapshot.Hello?.ContentVersion ?? "",
            Pid = snapshot.Pid ?? 0,
            Since = snapshot.Since,
            Asked = snapshot.Seat?.Counters.Asked ?? 0,
            Denied = snapshot.Seat?.Counters.Denied ?? 0,
        };
    }

    private static SensorStatus Of(SensorSnapshot snapshot, TellFigures figures)
    {
        SeatCounters? counters = snapshot.Seat?.Counters;
        (long told, long lost) = snapshot.Seat is { } seat ? figures(seat) : (0, 0);
        return new SensorStatus
        {
            Name = snapshot.Name,
            Vendor = snapshot.Vendor,
            State = Word(snapshot.State),
            Generation = (int)snapshot.Generation,
            Engine = snapshot.Engine,
            Content = snapshot.Hello?.ContentVersion ?? "",
            Pid = snapshot.Pid ?? 0,
            Since = snapshot.Since,
            Asks = Words(snapshot.Seat?.Asks ?? snapshot.Hello?.Asks ?? AskKinds.None),
            Tells = Words(snapshot.Seat?.Tells ?? snapshot.Hello?.Tells ?? TellKinds.None),
            Asked = counters?.Asked ?? 0,
            Answered = counters?.Answered ?? 0,
            Denied = counters?.Denied ?? 0,
            NotApplied = counters?.Advisory ?? 0,
            AdviceOnly = snapshot.Seat?.Budget?.Why,
            Budget = snapshot.Seat?.Budget is { } budget ? Figures(budget) : null,
            Missed = counters?.MissedDeadlines ?? 0,
            Malformed = (counters?.Malformed ?? 0) + (counters?.NotExpected ?? 0) + (snapshot.Seat?.Nonsense ?? 0),
            Told = told,
            Lost = lost,
            Latency = counters is null ? LatencyFigures.None : HostView.Latency(counters.Latency),
            Strikes = snapshot.StrikesInWindow,
            StrikesAllowed = snapshot.StrikesAllowed,
            LastStrike = snapshot.Strikes.Count == 0 ? null : $"{snapshot.Strikes[^1].At:yyyy-MM-dd HH:mm:ss}Z {snapshot.Strikes[^1]}",
            Shortfalls = snapshot.Shortfalls,
            MemoryMb = snapshot.MemoryBytes / BytesPerMegabyte,
            Note = snapshot.Note.Length == 0 ? null : snapshot.Note,
            LastLines = snapshot.LastLines,
        };
    }

    private static BudgetFigures Figures(DenyBudget budget)
    {
        (int files, int programs, int spared, int anew) = budget.LastHour(MonotonicClock.NowNs);
        return new BudgetFigures(files, programs, spared, budget.Compares ? anew : null);
    }

    private static string Word(SensorState state) => state switch
    {
        SensorState.Starting => "starting",
        SensorState.Running => "running",
        SensorState.BackingOff => "waiting",
        SensorState.Stopped => "stopped",
        _ => "quarantined",
    };

    private static string[] Words(AskKinds asks) =>
        [.. new (AskKinds Kind, string Word)[] { (AskKinds.Exec, "exec"), (AskKinds.Open, "open") }.Where(k => (asks & k.Kind) != 0).Select(k => k.Word)];

    private static string[] Words(TellKinds tells) =>
        [.. new (TellKinds Kind, string Word)[] { (TellKinds.Process, "process"), (TellKinds.File, "file"), (TellKinds.Network, "network") }
            .Where(k => (tells & k.Kind) != 0).Select(k => k.Word)];
}
