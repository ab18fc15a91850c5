using Ringwall.Host.Decide;
using Ringwall.Kernel.Cgroups;

namespace Ringwall.Host.Sandboxes;

/// <summary>What all sandboxes of one host share.</summary>
internal sealed record SandboxPlace
{
    /// <summary>The program ringwall-launcher.</summary>
    public required string Launcher { get; init; }

    /// <summary>The run directory; an empty folder in it is where sandboxes are built, each in a mount namespace that only it sees.</summary>
    public required string RunDirectory { get; init; }

    public required CgroupPlaces Cgroups { get; init; }

    /// <summary>Told of every process that is started here before it touches a file that somebody is asked about.</summary>
    public required OwnProcesses Own { get; init; }

    public SharedLibraries Libraries { get; init; } = SharedLibraries.OfSystem();

    /// <summary>How long the launcher may take to become the sensor.</summary>
    public TimeSpan LaunchPatience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The launcher that lies beside the host's own program.</summary>
    public static string LauncherBeside => Path.Combine(AppContext.BaseDirectory, "ringwall-launcher");

    /// <summary>The empty folder; made when it is not there.</summary>
    public string Root()
    {
        string root = Path.Combine(RunDirectory, "root");
        Directory.CreateDirectory(root);
        return root;
    }
}
