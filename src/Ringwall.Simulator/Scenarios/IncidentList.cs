using Ringwall.Rollouts;

namespace Ringwall.Simulator;

/// <summary>
/// Twenty bad security updates, 2005 to 2024, as releases on fleets of their size. Sizes and times are those that sources state (docs/rollout-results.md);
/// where none does, the size is an assumption and marked. The simulator sees only what a fleet sees: how many devices, when, with what.
/// </summary>
internal static class IncidentList
{
    private const int Unknown = 500_000;

    public static Incident[] All { get; } =
    [
        new(1, "23 Apr 2005, Trend Micro 2.594.00: endless loop on XP SP2", 325_000, false, 92, new(FaultKind.Crash, 0.8, Measures.Processor, 5)),
        new(2, "18 May 2007, Symantec (China): system files quarantined, no boot", 50_000, true, 240, new(FaultKind.Crash, 0.3, Measures.BootRecovery, 10)),
        new(3, "9 Nov 2008, AVG: user32.dll quarantined, reboot loop", Unknown, true, 480, new(FaultKind.Crash, 0.2, Measures.BootRecovery, 10)),
        new(4, "20 Mar 2010, Bitdefender 64-bit: every program quarantined", Unknown, true, 210, new(FaultKind.CrashInOneCell, 0.1, Measures.Quarantine, 3, Cell: 0)),
        new(5, "21 Apr 2010, McAfee DAT 5958: svchost.exe quarantined, no network", 1_000_000, true, 240, new(FaultKind.Dark, 0.005, Measures.Dark, 10)),
        new(6, "11 Jul 2012, Symantec SONAR: kernel crash with third-party drivers", Unknown, true, 470, new(FaultKind.CrashOnRareEvent, 0.002, Measures.BootRecovery, 30)),
        new(7, "19 Sep 2012, Sophos Shh/Updater-B: its own updater quarantined", Unknown, true, 480, new(FaultKind.FalsePositives, 0.4, Measures.Quarantine, 10)),
        new(8, "15 Apr 2013, Malwarebytes: system files and itself removed", Unknown, true, 8, new(FaultKind.Crash, 0.5, Measures.BootRecovery, 5)),
        new(9, "11 Mar 2015, Panda: its own files quarantined", Unknown, true, 120, new(FaultKind.FalsePositives, 0.05, Measures.Quarantine, 10)),
        new(10, "24 Apr 2017, Webroot: signed system files quarantined", Unknown, true, 13, new(FaultKind.FalsePositives, 0.3, Measures.Quarantine, 5)),
        new(11, "27 Jan 2018, Malwarebytes: memory and processor exhausted", Unknown, true, 240, new(FaultKind.Leak, 0.9, Measures.Memory, 20)),
        new(12, "9 Apr 2019, five vendors and a system update: hang at logon", Unknown, true, 1440, new(FaultKind.CrashInOneCell, 0.05, Measures.Latency, 30, Cell: 2)),
        new(13, "3 May 2021, Defender 1.1.18100.5: millions of files, disk full", 1_000_000, true, 2880, new(FaultKind.Leak, 0.3, Measures.Memory, 600)),
        new(14, "23 Aug 2022, Carbon Black rule set: crash at start", 100_000, true, 480, new(FaultKind.Crash, 0.3, Measures.BootRecovery, 15)),
        new(15, "4 Sep 2022, Defender 1.373.1508.0: Chrome and Electron flagged", 1_000_000, true, 480, new(FaultKind.FalsePositives, 0.6, Measures.DenyBudget, 10)),
        new(16, "13 Jan 2023, Defender ASR 1.381.2140.0: shortcuts deleted", 1_000_000, true, 480, new(FaultKind.FalsePositives, 0.2, Measures.DenyBudget, 5)),
        new(17, "Apr 2024, CrowdStrike on Debian: no boot", 100_000, true, 1440, new(FaultKind.CrashInOneCell, 0.05, Measures.BootRecovery, 3, Cell: 5)),
        new(18, "May 2024, CrowdStrike on RHEL 9.4: kernel panic", 100_000, true, 1440, new(FaultKind.CrashInOneCell, 0.08, Measures.BootRecovery, 10, Cell: 2)),
        new(19, "27 Jun 2024, CrowdStrike: one core at 100 %", 1_000_000, true, 480, new(FaultKind.Crash, 0.9, Measures.Processor, 5)),
        new(20, "19 Jul 2024, CrowdStrike channel file 291: boot loop", 8_500_000, false, 78, new(FaultKind.Dark, 1, Measures.Dark, 1)),
    ];

    public static RunPlan Plan(Incident incident, ulong seed, int most) => new()
    {
        Name = $"incident {incident.Number}",
        Shape = new FleetShape { Devices = Math.Min(most, incident.Devices) },
        Fault = incident.Fault,
        Seed = seed,
        PeopleMinutes = incident.PeopleMinutes,
        Minutes = 7 * 1440,
    };
}
