using Ringwall.Cli.Control;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Door;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Up;

/// <summary>`ringwall up`: starts the guard, shows what happens, ends it, and leaves the machine as it was.</summary>
internal sealed class UpRun(Installation installation, Terminal terminal)
{
    private const string ConfigurationName = "up.json";
    private const string LogName = "up.log";

    public async Task<int> RunAsync(UpRequest request, UpOutput output)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new CommandException(ExitCode.NeedsRight, "ringwall up", "it speaks to the kernel as root", "run it with sudo");
        }

        Installation.Require(installation.Host, installation.Keeper);
        await RefuseSecondHostAsync(request.RunDirectory).ConfigureAwait(false);
        Directory.CreateDirectory(request.RunDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        int? refusal = null;
        try
        {
            return await GuardAsync(request, output).ConfigureAwait(false);
        }
        catch (CommandException refused)
        {
            refusal = refused.Report.Exit;
            throw;
        }
        finally
        {
            // Another host's files are not ours to tidy up.
            if (refusal != ExitCode.AnotherHost)
            {
                await TidyUpAsync(request.RunDirectory, keepLog: refusal is not null).ConfigureAwait(false);
            }
        }
    }

    private async Task<int> GuardAsync(UpRequest request, UpOutput output)
    {
        string configuration = Path.Combine(request.RunDirectory, ConfigurationName);
        string log = Path.Combine(request.RunDirectory, LogName);
        using FleetDemo? fleet = request.FleetFolder is { } folder ? new FleetDemo(installation, folder, request.FleetPace, terminal) : null;
        await File.WriteAllTextAsync(configuration, UpConfiguration.Compose(request, installation.SensorFolders(), fleet), terminal.Stop).ConfigureAwait(false);
        File.Delete(log);
        Programs programs = new(installation);
        await programs.CheckAsync(configuration, terminal.Stop).ConfigureAwait(false);

        FleetSight? sight = fleet is null ? null : await fleet.BeginAsync(terminal.Stop).ConfigureAwait(false);
        UpFeed feed = new(request.RunDirectory, log) { Fleet = sight };
        using UpGuard guard = new(programs.StartKeeper(configuration, log), feed, request.RunDirectory);
        try
        {
            await guard.AwaitHostAsync(terminal.Error, terminal.Stop).ConfigureAwait(false);
            if (fleet is not null)
            {
                await fleet.JoinAsync(request.RunDirectory, terminal.Stop).ConfigureAwait(false);
            }

            using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(terminal.Stop);
            Task watch = EndWithAsync(guard, over);
            HostStatus? last = await Show(output, feed, over.Token).ConfigureAwait(false);
            await watch.ConfigureAwait(false);
            if (!terminal.Stop.IsCancellationRequested && !guard.EndedAsTold)
            {
                throw guard.Died();
            }

            fleet?.Leave();
            await guard.EndAsync().ConfigureAwait(false);
            return Ended(last, output);
        }
        finally
        {
            await guard.EndAsync().ConfigureAwait(false);
        }
    }

    private Task<HostStatus?> Show(UpOutput output, UpFeed feed, CancellationToken over) => output switch
    {
        UpOutput.Live => new LiveView(terminal.Console, feed).RunAsync(over),
        _ => new PlainView(terminal.Out, feed, json: output == UpOutput.Json).RunAsync(over),
    };

    private int Ended(HostStatus? last, UpOutput output)
    {
        if (output != UpOutput.Json)
        {
            long asked = last?.Asks.Sum(asks => asks.Asked) ?? 0;
            long denied = last?.Asks.Sum(asks => asks.Denied) ?? 0;
            terminal.Out.WriteLine($"Ringwall has ended: {asked} asks, {denied} denied, {last?.Findings.Written ?? 0} findings in {last?.StateDirectory}/findings.jsonl.");
            terminal.Out.WriteLine("No mark is left in the kernel; the machine is as it was.");
        }

        return ExitCode.Done;
    }

    private static async Task RefuseSecondHostAsync(string runDirectory)
    {
        if (await IsAnsweredAsync(runDirectory).ConfigureAwait(false))
        {
            throw new CommandException(
                ExitCode.AnotherHost, runDirectory, "another host runs on this run directory", "`ringwall stop` ends it; --run-dir names another");
        }
    }

    private static async Task EndWithAsync(UpGuard guard, CancellationTokenSource over)
    {
        try
        {
            await guard.AwaitEndAsync(over.Token).ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // We end first.
        }
    }

    // The machine is to be as it was: a run directory that nothing else uses goes, too. Findings stay, they were made to be read.
    private static async Task TidyUpAsync(string runDirectory, bool keepLog)
    {
        foreach (string name in (string[])[ConfigurationName, "host.lock", .. keepLog ? (string[])[] : [LogName]])
        {
            File.Delete(Path.Combine(runDirectory, name));
        }

        if (!await IsAnsweredAsync(runDirectory).ConfigureAwait(false))
        {
            File.Delete(Path.Combine(runDirectory, ControlLimits.SocketName));     // of a host that was killed
            File.Delete(Path.Combine(runDirectory, ControlLimits.NewSocketName));
            File.Delete(Path.Combine(runDirectory, DoorLimits.SocketName));
            File.Delete(Path.Combine(runDirectory, DoorLimits.NewSocketName));
        }

        foreach (string folder in (string[])[Path.Combine(runDirectory, "root"), runDirectory])
        {
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
    }

    private static async Task<bool> IsAnsweredAsync(string runDirectory)
    {
        try
        {
            using HostConnection other = await HostConnection.OpenAsync(runDirectory, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (CommandException none) when (none.Report.Exit == ExitCode.NoHost)
        {
            return false;
        }
    }
}
