using System.Diagnostics;

namespace Ringwall.Bench.Running;

/// <summary>Another program: run to its end, or left running and spoken to by lines.</summary>
internal sealed class Tool : IDisposable
{
    private readonly Process _process;
    private readonly StringWriter _errors = new();
    private readonly string _name;

    private Tool(Process process, string name)
    {
        _process = process;
        _name = name;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                _errors.WriteLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
    }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString().Trim();
            }
        }
    }

    public static bool Exists(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <param name="cpu">The one CPU it may run on; null for all.</param>
    public static Tool Start(int? cpu, string program, params IEnumerable<string> arguments)
    {
        IEnumerable<string> all = cpu is { } one ? ["-c", $"{one}", program, .. arguments] : arguments;
        Process process = Process.Start(new ProcessStartInfo(cpu is null ? program : "taskset", all)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new BenchException($"{program} could not be started");
        return new Tool(process, Path.GetFileName(program));
    }

    public static (int Exit, string Output, string Errors) Run(string program, params IEnumerable<string> arguments)
    {
        using Tool tool = Start(null, program, arguments);
        string output = tool._process.StandardOutput.ReadToEnd();
        tool._process.WaitForExit();
        return (tool._process.ExitCode, output.Trim(), tool.Errors);
    }

    public static string Require(string program, params IEnumerable<string> arguments)
    {
        (int exit, string output, string errors) = Run(program, arguments);
        return exit == 0 ? output : throw new BenchException($"{program} {string.Join(' ', arguments)}: exit code {exit}: {errors}");
    }

    /// <summary>The next line of its output. Null: it has ended.</summary>
    public string? ReadLine() => _process.StandardOutput.ReadLine();

    /// <summary>Waits for a line that it says when it is ready.</summary>
    public void Expect(string line)
    {
        if (ReadLine() is var said && said != line)
        {
            throw new BenchException($"{_name} said '{said}' instead of '{line}'. {Errors}");
        }
    }

    /// <summary>Lets it go on past a wait for its input.</summary>
    public void Go() => _process.StandardInput.Close();

    /// <summary>Reads "name=number" lines to the end, and expects that it ends well.</summary>
    public Dictionary<string, double> ReadNumbers()
    {
        var numbers = new Dictionary<string, double>();
        while (ReadLine() is { } line)
        {
            string[] parts = line.Split('=');
            numbers[parts[0]] = double.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        }

        _process.WaitForExit();
        return _process.ExitCode == 0 ? numbers : throw new BenchException($"{_name}: exit code {_process.ExitCode}: {Errors}");
    }

    public bool WaitForExit(TimeSpan patience) => _process.WaitForExit(patience);

    public void Terminate() => Signal("TERM");

    public void Signal(string signal)
    {
        if (!_process.HasExited)
        {
            _ = Run("kill", $"-{signal}", $"{Pid}");
        }
    }

    /// <summary>Asks it to end, and ends it when it does not within ten seconds.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Terminate();
            if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
            {
                _process.Kill();
                _process.WaitForExit();
            }
        }

        _process.Dispose();
    }
}
