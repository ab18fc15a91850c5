// Owns:     keeper, host and sensors of one start, and their folders.
// Ordering: ready when every sensor that judges has refused its own probe file.
using System.Text;
using System.Text.Json;
using Ringwall.Bench.Running;

namespace Ringwall.Bench.Sides;

/// <summary>Ringwall as it is shipped: the published keeper, host, launcher and sensors, guarding the field alone.</summary>
internal sealed class RingwallGuard : ISide
{
    private static int _started;

    private readonly Workshop _workshop;
    private readonly string _folder;
    private readonly Tool _keeper;

    /// <param name="workshop">Whose field is guarded.</param>
    /// <param name="cpu">The one CPU for all of its processes; null for all CPUs.</param>
    /// <param name="sensors">Which sensors run.</param>
    /// <param name="guard">Where opens are asked; by default in the whole field.</param>
    public RingwallGuard(Workshop workshop, int? cpu, IReadOnlyList<SensorChoice> sensors, params IReadOnlyList<string> guard)
        : this(workshop, cpu, sensors, closed: false, guard)
    {
    }

    /// <param name="workshop">Whose field is guarded.</param>
    /// <param name="cpu">The one CPU for all of its processes; null for all CPUs.</param>
    /// <param name="sensors">Which sensors run.</param>
    /// <param name="closed">What nobody judges in time is denied, so that an ask without an answer is seen; and generations are promoted untried.</param>
    /// <param name="guard">Where opens are asked; by default in the whole field.</param>
    public RingwallGuard(Workshop workshop, int? cpu, IReadOnlyList<SensorChoice> sensors, bool closed, IReadOnlyList<string> guard)
    {
        _workshop = workshop;
        guard = guard.Count == 0 ? [workshop.Field] : guard;
        int number = _started++;
        _folder = workshop.NewFolder($"ringwall-{number}");
        string bin = Path.Combine(workshop.Published, "bin");
        if (!File.Exists(Path.Combine(bin, "ringwall-keeper")))
        {
            throw new BenchException($"{bin} has no ringwall-keeper; ./rw publish makes it");
        }

        var probes = new List<string>();
        for (int i = 0; i < sensors.Count; i++)
        {
            if (sensors[i] is { Asks: true } or { Program: "yara" })
            {
                string probe = Path.Combine(guard[0], sensors[i].Program == "yara" ? "probe-eicar" : $"probe-{i}");
                File.WriteAllBytes(probe, sensors[i].Program == "yara" ? GuardProbe.Eicar() : [1]);
                probes.Add(probe);
            }
        }

        string config = WriteConfiguration(sensors, closed, guard);
        StartedNs = MonotonicNs();
        _keeper = Tool.Start(
            cpu, Path.Combine(bin, "ringwall-keeper"), "--owner", $"{Environment.ProcessId}", "--", Path.Combine(bin, "ringwalld"), "--config", config);
        try
        {
            foreach (string probe in probes)
            {
                ReadyNs = GuardProbe.WaitUntilRefused(workshop, probe, () => _keeper.Errors);
                FirstReadyNs = FirstReadyNs == 0 ? ReadyNs : FirstReadyNs;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>When the keeper was started: CLOCK_MONOTONIC.</summary>
    public long StartedNs { get; }

    /// <summary>When the first sensor's verdict was seen.</summary>
    public long FirstReadyNs { get; }

    /// <summary>When the last sensor's verdict was seen.</summary>
    public long ReadyNs { get; }

    public string RunDirectory => Path.Combine(_folder, "run");

    public int Keeper => _keeper.Pid;

    public int Host => Processes.FirstOrDefault(pid => ProcessTree.Name(pid) == "ringwalld");

    public IReadOnlyList<int> Processes => ProcessTree.Of(_keeper.Pid);

    /// <summary>The sensors' processes, in the order in which they were started.</summary>
    public IReadOnlyList<int> Sensors => [.. Processes.Where(pid => ProcessTree.Name(pid).StartsWith("ringwall-bench", StringComparison.Ordinal)
        || ProcessTree.Name(pid).StartsWith("ringwall-sensor", StringComparison.Ordinal)).Order()];

    /// <summary>The folder of the bench's own sensor of this number.</summary>
    public string SensorFolder(int number) => Path.Combine(_folder, $"sensor-{number}");

    /// <summary>What the host has written down so far, one finding a line.</summary>
    public string[] Findings()
    {
        string file = Path.Combine(_folder, "state", "findings.jsonl");
        return File.Exists(file) ? File.ReadAllLines(file) : [];
    }

    public string Errors => _keeper.Errors;

    public void Dispose()
    {
        IReadOnlyList<int> all = Processes;
        _keeper.Dispose();

        // What outlives its keeper would disturb every measurement that follows, so it is ended, and that is an error.
        long end = MonotonicNs() + 10_000_000_000;
        while (all.Any(Lives) && MonotonicNs() < end)
        {
            _ = Tool.Run("sleep", "0.05");
        }

        int[] left = [.. all.Where(Lives)];
        foreach (int pid in left)
        {
            _ = Tool.Run("kill", "-KILL", $"{pid}");
        }

        if (left.Length > 0)
        {
            Console.Error.WriteLine($"bench: processes {string.Join(", ", left)} lived on after their keeper's end and were killed");
        }
    }

    public static long MonotonicNs() => System.Diagnostics.Stopwatch.GetTimestamp();

    private static bool Lives(int pid) => ProcessTree.Name(pid).StartsWith("ringwall", StringComparison.Ordinal);

    private string WriteConfiguration(IReadOnlyList<SensorChoice> sensors, bool closed, IReadOnlyList<string> guard)
    {
        string file = Path.Combine(_folder, "ringwall.json");
        using FileStream stream = File.Create(file);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        WriteStrings(json, "mounts", [_workshop.Field]);
        WriteStrings(json, "guard", guard);
        json.WriteBoolean("tellOnly", sensors.All(sensor => sensor is { Asks: false, Program: "bench" }));
        json.WriteString("runDir", NewFolder("run"));
        json.WriteString("stateDir", NewFolder("state"));

        if (closed)
        {
            json.WriteStartObject("fallback");
            json.WriteString("exec", "closed");
            json.WriteString("open", "closed");
            json.WriteEndObject();
            WriteStrings(json, "withoutGuards", ["probation"]);
        }

        // Whatever is installed stays on probation for as long as it is measured.
        json.WriteStartObject("generations");
        json.WriteNumber("soakSeconds", 3600);
        json.WriteBoolean("promoteByItself", false);
        json.WriteEndObject();
        json.WriteStartArray("sensors");
        for (int i = 0; i < sensors.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("name", $"{sensors[i].Program}-{i}");
            json.WriteString("folder", sensors[i].Program == "bench" ? BenchSensor(sensors[i], i) : Path.Combine(_workshop.Published, "sensors", sensors[i].Program));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        return file;
    }

    private string BenchSensor(SensorChoice choice, int number)
    {
        string folder = NewFolder($"sensor-{number}");
        string program = Path.Combine(_workshop.Published, "bench-sensor", "ringwall-bench-sensor");
        Tool.Require("cp", "--reflink=auto", program, folder);
        List<string> arguments = ["--name", $"bench-{number}", "--deny", $"/probe-{number}"];
        arguments.AddRange(choice.Asks ? ["--asks"] : []);
        arguments.AddRange(choice.Tells ? ["--tells"] : []);
        arguments.AddRange(choice.Cacheable ? ["--cacheable"] : []);
        arguments.AddRange(choice.Reads ? ["--reads"] : []);
        using FileStream stream = File.Create(Path.Combine(folder, "sensor.json"));
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("name", $"bench-{number}");
        json.WriteString("vendor", "Ringwall");
        json.WriteString("version", "0.1.0");
        json.WriteString("executable", "ringwall-bench-sensor");
        WriteStrings(json, "arguments", arguments);
        WriteStrings(json, "libraries", []);
        WriteStrings(json, "asks", choice.Asks ? ["exec", "open"] : []);
        json.WriteEndObject();
        return folder;
    }

    private string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

    private static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(Encoding.UTF8.GetBytes(value));
        }

        json.WriteEndArray();
    }
}
