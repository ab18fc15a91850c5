using Ringwall.Host.Decide;
using Ringwall.Host.Deliver.Tells;
using Ringwall.Kernel.Mounts;

namespace Ringwall.Host.Intake.Tells;

/// <summary>What file events meet.</summary>
internal sealed record FileTellContext
{
    public required TellHub Hub { get; init; }

    public required ProcessTable Processes { get; init; }

    /// <summary>Hears first.</summary>
    public required IFileChanges Changes { get; init; }

    /// <summary>What these do is not told: who writes down that he wrote something down never ends.</summary>
    public required OwnProcesses Own { get; init; }

    /// <summary>Which mounts are watched, of those that may be touched.</summary>
    public Func<Mount, bool> Watches { get; init; } = _ => true;

    /// <summary>Brings the process table up to date (<see cref="ProcessTells.CatchUp"/>). Does nothing where processes are not told.</summary>
    public Action CatchUp { get; init; } = () => { };
}
