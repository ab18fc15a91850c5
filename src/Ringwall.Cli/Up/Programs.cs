// RS0030: System.Diagnostics.Process is refused where managed code must not fork. This program runs no thread that the kernel or a sensor waits for, and the runtime's own
// native code does vfork and exec at once, without managed code between them (docs/decisions/0001).
#pragma warning disable RS0030

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Ringwall.Wire;
using Ringwall.Wire.Control;
using Ringwall.Wire.Status;

namespace Ringwall.Cli.Up;

/// <summary>Runs the other programs of the installation.</summary>
internal sealed class Programs(Installation installation)
{
    /// <summary>Asks the host program what the kernel offers.</summary>
    /// <exception cref="CommandException">It cannot be run, or fails.</exception>
    public async Task<DoctorReport> DoctorAsync(CancellationToken stop)
    {
        Installation.Require(installation.Host);
        (int exit, string said, string complained) = await RunAsync(["--doctor", "--json"], stop).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(said, ControlReplyJson.Default.DoctorReport) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            throw new CommandException(exit == 0 ? ExitCode.NotDone : exit, installation.Host, complained.Trim() is { Length: > 0 } why ? why : "it reported nothing", "");
        }
    }

    /// <summary>Has the host program read a configuration.</summary>
    /// <exception cref="CommandException">It is refused; the message has all its problems.</exception>
    public async Task CheckAsync(string configuration, CancellationToken stop)
    {
        (int exit, _, string complained) = await RunAsync(["--check", "--config", configuration], stop).ConfigureAwait(false);
        if (exit != 0)
        {
            throw new CommandException(exit, configuration, complained.Trim().Replace("ringwalld: ", "", StringComparison.Ordinal), "");
        }
    }

    /// <summary>
    /// Starts the keeper, which starts the host. Their error output goes to a file: a pipe that nobody reads would hold up whoever writes to it.
    /// </summary>
    public Process StartKeeper(string configuration, string log)
    {
        // The shell opens the log, then becomes the keeper under the same process number.
        ProcessStartInfo start = new("/bin/sh") { UseShellExecute = false, RedirectStandardInput = true };
        foreach (string argument in (string[])
        [
            "-c", "log=$1; shift; exec \"$@\" </dev/null >>\"$log\" 2>&1", "sh", log,
            installation.Keeper, "--owner", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), "--", installation.Host, "--config", configuration,
        ])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs the museum, which writes where we do. It takes away what it mounted before it ends, so it is waited for whatever is pressed.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="CommandException">It is not there.</exception>
    public async Task<int> MuseumAsync(IEnumerable<string> arguments)
    {
        Installation.Require(installation.Museum);
        using Process museum = Process.Start(new ProcessStartInfo(installation.Museum, arguments) { UseShellExecute = false })!;
        await museum.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        return museum.ExitCode;
    }

    /// <summary>SIGTERM, for which the runtime has no call of its own.</summary>
    public static void AskToEnd(int pid)
    {
        using Process kill = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "kill -TERM \"$0\" 2>/dev/null", pid.ToString(CultureInfo.InvariantCulture)]) { UseShellExecute = false })!;
        kill.WaitForExit();
    }

    private async Task<(int Exit, string Said, string Complained)> RunAsync(string[] arguments, CancellationToken stop)
    {
        using Process process = Process.Start(new ProcessStartInfo(installation.Host, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> said = process.StandardOutput.ReadToEndAsync(stop);
        Task<string> complained = process.StandardError.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop).ConfigureAwait(false);
        return (process.ExitCode, await said.ConfigureAwait(false), await complained.ConfigureAwait(false));
    }
}
