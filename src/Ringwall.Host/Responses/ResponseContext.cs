using Microsoft.Win32.SafeHandles;
using Ringwall.Host.Configuration;
using Ringwall.Host.Decide;
using Ringwall.Host.Decide.Blocking;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Findings;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Responses;

/// <summary>What responses are done with.</summary>
internal sealed record ResponseContext
{
    /// <summary>The folder for what is taken and for the journal: for root alone.</summary>
    public required string VaultFolder { get; init; }

    public required ProtectedSet Protected { get; init; }

    public required OwnProcesses Own { get; init; }

    /// <summary>Takes reports of what was done, and of what was refused.</summary>
    public required Action<FindingSource, ResponseReport> Report { get; init; }

    /// <summary>Hears that a generation is over its budget. Called by the responses thread; must not wait.</summary>
    public BudgetTripped Tripped { get; init; } = (_, _, _) => { };

    /// <summary>Hears that a generation requested something against a protected file, which was refused. Called by the responses thread; must not wait.</summary>
    public Action<FindingSource, FileState> AgainstProtected { get; init; } = (_, _) => { };

    /// <summary>Whether a generation's word counts: it is no shadow. Asked when the request's turn comes.</summary>
    public Func<FindingSource, bool> IsInService { get; init; } = _ => true;

    /// <summary>What asks were about.</summary>
    public JudgedAsks Judged { get; init; } = new();

    /// <summary>Has this blocked, and nothing else, from when it returns.</summary>
    public Action<IReadOnlyList<(BlockedContent Content, FileIdentity File)>> Blocked { get; init; } = _ => { };

    /// <summary>The control group that isolation is of; null when there is none, with the reason.</summary>
    public Func<(SafeFileHandle? Group, string? Reason)> OpenGroup { get; init; } = NetworkSwitch.OpenTopmost;

    /// <summary>User ids that isolation leaves alone.</summary>
    public IReadOnlyList<uint> MayReachNetwork { get; init; } = [];

    /// <summary>Of one generation; 0 is without limit.</summary>
    public int PerHour { get; init; } = 30;

    public IReadOnlySet<Guard> WithoutGuards { get; init; } = new HashSet<Guard>();

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where the host says what an operator should know, one line each.</summary>
    public Action<string> Say { get; init; } = _ => { };

    /// <summary>Hears of each step of a quarantine and of its undoing, before it is taken; for tests.</summary>
    public Action<string>? Step { get; init; }

    public bool Has(Guard guard) => !WithoutGuards.Contains(guard);
}
