using System.Diagnostics;

namespace Ringwall.Host.Tests.Generations.Crash;

/// <summary>A process that runs <see cref="StoreProbe"/>, warmed up: what the runtime does once, it has done.</summary>
internal sealed class Probe : IDisposable
{
    private readonly Process _process;

    private Probe(Process process) => _process = process;

    public int Id => _process.Id;

    /// <param name="packages">What the probe installs from.</param>
    /// <param name="what">What it is to do later.</param>
    /// <param name="warmUp">A state directory that it does that to now.</param>
    public static Probe Start(string packages, string what, string warmUp)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, [StoreProbe.Word, packages])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in new[]
        {
            ("DOTNET_TieredPGO", "0"), ("DOTNET_EnableWriteXorExecute", "0"), ("DOTNET_EnableDiagnostics", "0"), ("DOTNET_gcConcurrent", "0"),

            // No collection on the way: it reads files of its own.
            ("DOTNET_GCgen0size", "20000000"),
        })
        {
            start.Environment[name] = value;
        }

        Probe probe = new(Process.Start(start)!);
        string? said = probe.Do(what, warmUp);
        Assert.True(said == "done", $"warming up: {said}");
        return probe;
    }

    /// <returns>What it says of it; null when it died on the way.</returns>
    public string? Do(string what, string state)
    {
        _process.StandardInput.WriteLine($"{what} {state}");
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine();
    }

    /// <summary>Whether it was killed, once it has ended.</summary>
    public bool WasKilled()
    {
        _process.WaitForExit();
        return _process.ExitCode == 128 + 9;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
        _process.Dispose();
    }
}
