using System.Runtime.InteropServices;
using Ringwall.Agent;
using Ringwall.Agent.Enrolling;
using Ringwall.Agent.Fetching;
using Ringwall.Agent.Running;
using Ringwall.Agent.Talking;
using Ringwall.Trust;
using Ringwall.Wire;
using Ringwall.Wire.Door;

if (AgentOptions.Parse(args, out string reason) is not { } given)
{
    Console.Error.WriteLine($"ringwall-agent: {reason}");
    return ExitCode.Usage;
}

if (given.Help || given.Version)
{
    Console.WriteLine(given.Help ? AgentOptions.Usage : AgentJournal.Version);
    return ExitCode.Done;
}

if (Environment.IsPrivilegedProcess && !given.AsRoot)
{
    Console.Error.WriteLine("ringwall-agent: it runs as a user of its own, without rights, and not as root; --as-root is for trying things out");
    return ExitCode.NeedsRight;
}

using CancellationTokenSource stop = new();
PosixSignalRegistration[] signals =
[
    .. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM]).Select(signal => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        stop.Cancel();
    })),
];
try
{
    AgentOptions options = given.Complete();
    string state = options.StateDirectory!;
    Directory.CreateDirectory(state);
    using HttpClient http = Network.NewClient();
    HostDoor host = new(options.RunDirectory!);
    Uri[] mirrors = [.. options.Mirrors.Select(Network.ReadAddress)];
    if (options.Enrol)
    {
        string token = (options.TokenFile == "-" ? await Console.In.ReadToEndAsync(stop.Token) : await File.ReadAllTextAsync(options.TokenFile!, stop.Token)).Trim();
        Uri server = Network.ReadAddress(options.Server!);
        DoorReply hello = await host.AskAsync(new DoorRequest { Do = DoorVerb.Hello }, stop.Token);
        if (hello.Machine is not { } machine)
        {
            Console.Error.WriteLine($"ringwall-agent: {hello.Error}");
            return ExitCode.NotDone;
        }

        if (machine.Identity is { } kept)
        {
            Console.Error.WriteLine($"ringwall-agent: this machine is device {kept.Device} already; `ringwall enrol --reset` undoes that");
            return ExitCode.NotDone;
        }

        Enrolled enrolled = await Joining.JoinAsync(state, server, mirrors, token, options.Name ?? Environment.MachineName, machine, http, stop.Token);
        Console.WriteLine($"device {enrolled.Device} of the ring {enrolled.Ring}");
        return ExitCode.Done;
    }

    using AgentRun run = new(state, mirrors, http, host, TimeProvider.System, new AgentJournal(state, Console.Error, TimeProvider.System));
    await run.RunAsync(stop.Token);
    return ExitCode.Done;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return ExitCode.Done;
}
catch (Exception refused) when (refused is AgentException or ServerRefusedException or UpdateRejectedException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"ringwall-agent: {refused.Message}");
    return ExitCode.NotDone;
}
finally
{
    foreach (PosixSignalRegistration signal in signals)
    {
        signal.Dispose();
    }
}
