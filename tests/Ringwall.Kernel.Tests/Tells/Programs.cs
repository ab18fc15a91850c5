using Ringwall.Kernel.Processes;

namespace Ringwall.Kernel.Tests.Tells;

/// <summary>Small programs for events to be about.</summary>
public static class Programs
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs a shell script to its end and gives the shell's number.</summary>
    public static int Shell(string script)
    {
        using ChildProcess shell = StartShell(script);
        Assert.True(shell.TryWait(Patience, out _), $"did not end: {script}");
        return shell.Pid;
    }

    public static ChildProcess StartShell(string script) => Spawn.Start(new SpawnRequest
    {
        Path = "/bin/sh",
        Arguments = ["sh", "-c", script],
        Environment = ["PATH=/usr/bin:/bin", "SECRET=must-not-be-told"],
    });

    public static int Run(string path, params string[] arguments)
    {
        using ChildProcess child = Spawn.Start(new SpawnRequest { Path = path, Arguments = arguments });
        Assert.True(child.TryWait(Patience, out _), $"did not end: {path}");
        return child.Pid;
    }
}
