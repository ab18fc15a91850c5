// RS0030: see Programs.cs.
#pragma warning disable RS0030

using System.Diagnostics;
using Ringwall.Cli.Control;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Up;

// Owns:         the keeper's process, as its parent and owner: when this program ends in whatever way, keeper, host and sensors end.
// Does not own: what is guarded; the keeper does, so that nothing hangs when this program is stopped or killed.

/// <summary>`ringwall up`: starts the keeper, shows what happens, ends it.</summary>
internal sealed class UpRun(Installation installation, Terminal terminal)
{
    private static readonly TimeSpan PatienceForStart = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PatienceForEnd = TimeSpan.FromSeconds(15);

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
        string configuration = Path.Combine(request.RunDirectory, "up.json");
        string log = Path.Combine(request.RunDirectory, "up.log");
        await File.WriteAllTextAsync(configuration, UpConfiguration.Compose(request, installation.SensorFolders()), terminal.Stop).ConfigureAwait(false);
        File.Delete(log);
        Programs programs = new(installation);
        await programs.CheckAsync(configuration, terminal.Stop).ConfigureAwait(false);

        using Process keeper = programs.StartKeeper(configuration, log);
        try
        {
            await AwaitHostAsync(request.RunDirectory, keeper, log).ConfigureAwait(false);
            using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(terminal.Stop);
            Task watch = EndWithAsync(keeper, over);
            UpFeed feed = new(request.RunDirectory, log);
            HostStatus? last = await Show(output, feed, over.Token).ConfigureAwait(false);
            bool keeperEnded = keeper.HasExited;
            await StopAsync(request.RunDirectory, keeper).ConfigureAwait(false);
            await watch.ConfigureAwait(false);
            TidyUp(request.RunDirectory, keepLog: keeper.ExitCode != 0);
            if (keeperEnded && !terminal.Stop.IsCancellationRequested)
            {
                // `ringwall stop` ends it too, and then all is well.
                return keeper.ExitCode == 0 ? Ended(last, output) : throw Died(keeper, log);
            }

            return Ended(last, output);
        }
        finally
        {
            if (!keeper.HasExited)
            {
                keeper.Kill();
            }
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
        try
        {
            using HostConnection other = await HostConnection.OpenAsync(runDirectory, CancellationToken.None).ConfigureAwait(false);
            throw new CommandException(
                ExitCode.AnotherHost, runDirectory, "another host runs on this run directory", "`ringwall stop` ends it; --run-dir names another");
        }
        catch (CommandException none) when (none.Report.Exit == ExitCode.NoHost)
        {
            // As it should be.
        }
    }

    private async Task AwaitHostAsync(string runDirectory, Process keeper, string log)
    {
        long until = Environment.TickCount64 + (long)PatienceForStart.TotalMilliseconds;
        while (true)
        {
            try
            {
                using HostConnection host = await HostConnection.OpenAsync(runDirectory, terminal.Stop).ConfigureAwait(false);
                return;
            }
            catch (CommandException notYet) when (notYet.Report.Exit == ExitCode.NoHost)
            {
                if (keeper.HasExited)
                {
                    throw Died(keeper, log);
                }

                if (Environment.TickCount64 > until)
                {
                    throw new CommandException(
                        ExitCode.NotDone, installation.Host, $"it does not answer after {PatienceForStart.TotalSeconds:0} s: {LastLines(log)}", $"see {log}");
                }

                await Task.Delay(50, terminal.Stop).ConfigureAwait(false);
            }
        }
    }

    private static async Task EndWithAsync(Process keeper, CancellationTokenSource over)
    {
        try
        {
            await keeper.WaitForExitAsync(over.Token).ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // We end first.
        }
    }

    private static async Task StopAsync(string runDirectory, Process keeper)
    {
        if (keeper.HasExited)
        {
            return;
        }

        try
        {
            using CancellationTokenSource soon = new(TimeSpan.FromSeconds(5));
            using HostConnection host = await HostConnection.OpenAsync(runDirectory, soon.Token).ConfigureAwait(false);
            await host.AskOneAsync(new ControlRequest { Do = ControlVerb.Stop }, soon.Token).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is CommandException or OperationCanceledException)
        {
            // It ends already, or it is stuck: then the keeper is killed below, and the kernel lets everybody go.
        }

        using CancellationTokenSource patience = new(PatienceForEnd);
        try
        {
            await keeper.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            keeper.Kill();
            await keeper.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    // The machine is to be as it was: a run directory that nothing else uses goes, too. Findings stay, they were made to be read.
    private static void TidyUp(string runDirectory, bool keepLog)
    {
        foreach (string name in (string[])["up.json", "host.lock", .. keepLog ? (string[])[] : ["up.log"]])
        {
            File.Delete(Path.Combine(runDirectory, name));
        }

        foreach (string folder in (string[])[Path.Combine(runDirectory, "root"), runDirectory])
        {
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
    }

    private static CommandException Died(Process keeper, string log) => new(
        keeper.ExitCode is >= ExitCode.NotDone and <= ExitCode.NoHost ? keeper.ExitCode : ExitCode.NotDone,
        "ringwall-keeper",
        $"it has ended with {keeper.ExitCode}: {LastLines(log)}",
        $"see {log}");

    private static string LastLines(string log) => File.Exists(log)
        ? string.Join(" | ", File.ReadLines(log).TakeLast(3)) is { Length: > 0 } lines ? lines : "it said nothing"
        : "it said nothing";
}
