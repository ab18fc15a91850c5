using Ringwall.Host.Decide;
using Ringwall.Host.Decide.Blocking;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Findings;
using Ringwall.Host.Intake.Tells;
using Ringwall.Host.Review;
using Ringwall.Kernel.Fanotify;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Handover;

namespace Ringwall.Host.Intake.Asks;

/// <summary>What asks are answered with: the kernel's end, the operator's choices, and what is known.</summary>
internal sealed record AskContext
{
    public required PermissionGroup Group { get; init; }

    public required Heartbeat Heartbeat { get; init; }

    public required AskTable Asks { get; init; }

    public required AskPolicies Policies { get; init; }

    public required AskScope Scope { get; init; }

    public required ProcessTable Processes { get; init; }

    /// <summary>Hears of denials, after they were answered.</summary>
    public DenialRing Denials { get; init; } = new();

    /// <summary>Takes what was answered, for those who look at it afterwards.</summary>
    public ReviewRing Review { get; init; } = new();

    /// <summary>Files that no sensor may deny.</summary>
    public ProtectedSet Protected { get; init; } = new();

    /// <summary>Bytes that nobody may open or execute.</summary>
    public Blocks Blocks => field ??= new Blocks(Protected);

    public OwnProcesses Own { get; } = new();

    public Overrides Overrides { get; } = new();

    public Watched Watched { get; } = new();

    /// <summary>Files whose verdicts are remembered in the host, at most. A power of two.</summary>
    public int RememberAtMost { get; init; } = 16_384;

    /// <summary>Ringwall's own programs: a sensor that would deny one could keep itself from being replaced.</summary>
    public IReadOnlyList<FileIdentity> OwnFiles { get; init; } = [];

    public bool IsOwnFile(in FileIdentity file)
    {
        for (int i = 0; i < OwnFiles.Count; i++)
        {
            if (OwnFiles[i].Inode == file.Inode && OwnFiles[i] == file)
            {
                return true;
            }
        }

        return false;
    }
}
