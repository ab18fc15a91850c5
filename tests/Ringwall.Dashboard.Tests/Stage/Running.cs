using System.Diagnostics;
using System.Text;

namespace Ringwall.Dashboard.Tests.Stage;

/// <summary>A program of ours in a process of its own; what it says is kept for when something fails.</summary>
internal sealed class Running : IAsyncDisposable
{
    private readonly Process _process;
    private bool _isOver;
    private readonly StringBuilder _said = new();

    private Running(Process process) => _process = process;

    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    public static Running Start(string project, string assembly, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Beside(project, assembly));
        Array.ForEach(arguments, start.ArgumentList.Add);
        Running program = new(Process.Start(start)!);
        program._process.OutputDataReceived += (_, line) => program.Hear(line.Data);
        program._process.ErrorDataReceived += (_, line) => program.Hear(line.Data);
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        return program;
    }

    /// <summary>Waits for words that it says.</summary>
    public async Task<string> SaysAsync(string words)
    {
        string? found = null;
        await Wait.UntilAsync(() => (found = Said.Split('\n').FirstOrDefault(line => line.Contains(words, StringComparison.Ordinal))) is not null || _process.HasExited, $"the program says '{words}'", () => Said);
        return found ?? throw new InvalidOperationException($"it ended without saying '{words}':\n{Said}");
    }

    public async ValueTask DisposeAsync()
    {
        // A test ends its fleet, and the stage all that it ever had.
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    // artifacts/bin/PROJECT/CONFIGURATION: the program with all that belongs to it. The server's is built for one system, and its folder says so.
    private static string Beside(string project, string assembly)
    {
        DirectoryInfo mine = new(AppContext.BaseDirectory.TrimEnd('/'));
        string[] built = [.. new[] { $"{mine.Name}_linux-x64", mine.Name }.Select(configuration => Path.Combine(mine.Parent!.Parent!.FullName, project, configuration, assembly))];
        return built.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException($"{assembly} was not built: none of {string.Join(", ", built)} is there");
    }

    private void Hear(string? line)
    {
        lock (_said)
        {
            _said.Append(line).Append('\n');
        }
    }
}
