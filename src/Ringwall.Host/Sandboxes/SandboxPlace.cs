using Ringwall.Host.Configuration;
using Ringwall.Host.Decide;
using Ringwall.Kernel.Cgroups;
using Ringwall.Kernel.Files;

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

    /// <summary>Where scratch folders are made that have no bound; null where all have one.</summary>
    public string? ScratchFolders { get; init; }

    public SharedLibraries Libraries { get; init; } = SharedLibraries.OfSystem();

    /// <summary>How long the launcher may take to become the sensor.</summary>
    public TimeSpan LaunchPatience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The launcher that lies beside the host's own program.</summary>
    public static string LauncherBeside => Path.Combine(AppContext.BaseDirectory, "ringwall-launcher");

    /// <summary>An empty folder for a sensor that nothing bounds; null for every other one.</summary>
    /// <exception cref="SandboxException">It cannot be made.</exception>
    public string? MakeScratch(SandboxPlan plan)
    {
        if (ScratchFolders is null || plan.Sensor.Limits.ScratchMb != SensorLimits.NoQuota)
        {
            return null;
        }

        string folder = Path.Combine(ScratchFolders, plan.Sensor.RunName);
        try
        {
            RemoveScratch(folder);
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            FileOwner.Give(folder, plan.User);
            return folder;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new SandboxException($"{folder}: the scratch folder cannot be made: {refused.Message}");
        }
    }

    /// <summary>Takes it away with all that is in it. Nobody may be using it any more.</summary>
    public static void RemoveScratch(string? folder)
    {
        try
        {
            if (folder is not null && Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // The next one that is made in its place tries again.
        }
    }

    /// <summary>The empty folder; made when it is not there.</summary>
    public string Root()
    {
        string root = Path.Combine(RunDirectory, "root");
        Directory.CreateDirectory(root);
        return root;
    }
}
