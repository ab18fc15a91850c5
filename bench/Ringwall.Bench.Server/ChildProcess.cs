using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Ringwall.Bench.Server;

/// <summary>A program beside this one, until it is disposed.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private ChildProcess(Process process, Task<string> errors)
    {
        _process = process;
        _errors = errors;
    }

    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts a .NET program and waits until it says that it listens.</summary>
    public static async Task<ChildProcess> ListenAsync(string dll, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", dll, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process process = Process.Start(start)!;
        var child = new ChildProcess(process, process.StandardError.ReadToEndAsync());
        string? line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(2));
        if (line?.Contains("listens", StringComparison.Ordinal) != true)
        {
            child.Dispose();
            throw new BenchException($"{Path.GetFileName(dll)} did not start: {line}{await child._errors}");
        }

        _ = process.StandardOutput.ReadToEndAsync();
        return child;
    }

    /// <summary>Runs a program to its end and gives what it wrote.</summary>
    public static async Task<string> OutputAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new BenchException($"{program} {string.Join(' ', arguments.Take(3))} ended with {process.ExitCode}: {output}{await errors}");
    }

    /// <summary>Of /proc/PID/status, in MiB.</summary>
    public double Memory(string field) => File.ReadLines($"/proc/{_process.Id}/status").Where(line => line.StartsWith(field, StringComparison.Ordinal))
        .Select(line => double.Parse(line[(field.Length + 1)..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024).Single();

    public TimeSpan Cpu()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
