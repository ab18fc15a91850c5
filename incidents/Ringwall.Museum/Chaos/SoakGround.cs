using System.Globalization;
using System.Text.Json.Nodes;
using Ringwall.Museum.Replays;
using Ringwall.Museum.Staging;
using Ringwall.Wire.Status;

namespace Ringwall.Museum.Chaos;

/// <summary>Sets up what is soaked: opens fail closed and executions open, two sensors, a small disk for the state.</summary>
internal static class SoakGround
{
    /// <summary>For both classes. A stopped host is noticed after a second, and its asks are answered then.</summary>
    public const int DeadlineMs = 2000;

    /// <summary>Of one generation.</summary>
    public const int MostProcesses = 32;

    /// <summary>The other sensor, which is left as it is.</summary>
    public const string Steady = "steady";

    public static readonly string[] Good = ["content 1", "tells process file", "ask name known-bad* do deny"];

    public static JsonObject Set(Guard guard, JsonObject configuration)
    {
        Directory.CreateDirectory(guard.StateDirectory);
        _ = Tool.Must("mount", "-t", "tmpfs", "-o", "mode=700,size=256m", "ringwall-museum", guard.StateDirectory);
        configuration["deadlines"] = new JsonObject { ["execMs"] = DeadlineMs, ["openMs"] = DeadlineMs };
        configuration["fallback"] = new JsonObject { ["exec"] = "open", ["open"] = "closed" };
        configuration["protect"] = new JsonObject { ["add"] = new JsonArray([.. new[] { "usr", "etc", "var", "opt" }.Select(folder => (JsonNode)Path.Combine(guard.Mount, folder))]) };
        configuration["generations"] = Scene.QuickTrials();
        configuration["sensors"] = new JsonArray(
            Sensor(Scene.Subject, SensorFolder.Engine(Path.Combine(guard.Home, "engine"), Scene.Subject, "1", "kill", "quarantine", "block"), SensorFolder.Content(Scene.Content(guard), Good)),
            Sensor(Steady, SensorFolder.Engine(Path.Combine(guard.Home, "engine-2"), Steady), SensorFolder.Content(Path.Combine(guard.Home, "content-2"), Good)));
        return configuration;
    }

    /// <summary>Keeper, host and every sensor are at work.</summary>
    public static bool IsWell(HostStatus? status) =>
        status is { Keeper.Pid: > 0, Mounts.Count: > 0 } && status.Sensors.All(sensor => sensor.State == "running");

    /// <summary>What is to be said of a status, in a line.</summary>
    public static string Said(StatusSample? sample) => sample?.Status is not { } status ? "no host answers"
        : string.Create(CultureInfo.InvariantCulture, $"host {status.Pid}, keeper {status.Keeper?.Pid}, {string.Join(", ", status.Sensors.Select(sensor => $"{sensor.Name} {sensor.State} ({sensor.LastStrike})"))}");

    private static JsonObject Sensor(string name, string engine, string content) => new()
    {
        ["name"] = name, ["folder"] = engine, ["content"] = new JsonArray(content), ["limits"] = new JsonObject { ["memoryMb"] = 64, ["processes"] = MostProcesses, ["cpuPercent"] = 50 },
    };
}
