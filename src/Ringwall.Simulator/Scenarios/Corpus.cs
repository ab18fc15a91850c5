using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>
/// Releases for measuring how good the rules judge: half good, half bad, all kinds of faults, effects from 0.1 % to 100 %, on fleets of 50,000 to 300,000
/// devices; one in ten with an update of the system or an outage on top, which is nobody's fault.
/// </summary>
internal static class Corpus
{
    private static readonly FaultKind[] Kinds =
    [
        FaultKind.Crash, FaultKind.CrashOnRareEvent, FaultKind.CrashInOneCell, FaultKind.CrashAfterHours, FaultKind.CrashAfterDays,
        FaultKind.Leak, FaultKind.FalsePositives, FaultKind.Dark, FaultKind.SparesCanaries, FaultKind.BadRollback,
    ];

    public static RunPlan Plan(int number, ulong seed)
    {
        var dice = new Dice(Dice.Mix(seed) ^ Dice.Mix((ulong)number));
        int devices = (int)(50_000 * Math.Pow(6, dice.Unit()));
        int cells = 4 + dice.Below(13);
        bool urgent = dice.Unit() < 0.2;
        int start = (int)(dice.Unit() * 5 * 1440);
        Disturbance[] disturbances = Disturbances(ref dice);
        Fault fault = number % 2 == 0 ? Fault.None : Bad(number / 2, cells, ref dice);
        bool late = fault.Kind is FaultKind.CrashAfterDays;
        return new RunPlan
        {
            Name = $"release {number}",
            Shape = new FleetShape { Devices = devices, Cells = cells, StartMinute = start },
            Fault = fault,
            Urgent = urgent,
            Seed = Dice.Mix(seed ^ (ulong)number * 7919),
            Minutes = late ? 96 * 60 : 40 * 60,
            Disturbances = disturbances,
            StopAfter = 1,
        };
    }

    private static Fault Bad(int number, int cells, ref Dice dice)
    {
        FaultKind kind = Kinds[number % Kinds.Length];
        double effect = Math.Pow(10, -3 + 3 * dice.Unit());
        int[] crashLike = [Measures.Crash, Measures.Quarantine, Measures.Fallback, Measures.BootRecovery];
        int measure = crashLike[dice.Below(crashLike.Length)];
        return kind switch
        {
            FaultKind.Crash => new Fault(kind, effect, measure, 1 + dice.Below(3)),
            FaultKind.CrashOnRareEvent => new Fault(kind, effect, measure, 5 + dice.Below(55)),
            FaultKind.CrashInOneCell => new Fault(kind, effect, measure, 1 + dice.Below(5), Cell: dice.Below(cells)),
            FaultKind.CrashAfterHours => new Fault(kind, effect, measure, 60 + dice.Below(420)),
            FaultKind.CrashAfterDays => new Fault(kind, effect, measure, 1440 + dice.Below(1440)),
            FaultKind.Leak => new Fault(kind, effect, dice.Unit() < 0.5 ? Measures.Memory : Measures.Processor, 10 + dice.Below(300)),
            FaultKind.FalsePositives => new Fault(kind, effect, Measures.DenyBudget, 1 + dice.Below(15)),
            FaultKind.Dark => new Fault(kind, effect, Measures.Dark, 1),
            FaultKind.SparesCanaries => new Fault(kind, effect, measure, 1 + dice.Below(5)),
            _ => new Fault(kind, effect, measure, 1 + dice.Below(5), BadReturn: 0.05 + 0.9 * dice.Unit()),
        };
    }

    private static Disturbance[] Disturbances(ref Dice dice)
    {
        double which = dice.Unit();
        int from = 60 + dice.Below(600);
        int length = 30 + dice.Below(150);
        int measure = dice.Unit() < 0.5 ? Measures.Crash : Measures.Processor;
        return which switch
        {
            < 0.05 => [new Disturbance("operating system update", from, from + length, measure, 20)],
            < 0.1 => [new Disturbance("control plane outage", from, from + length, -1, 1)],
            _ => [],
        };
    }
}
