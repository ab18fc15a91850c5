using System.Text.Json.Nodes;
using Ringwall.Museum.Exhibits;

namespace Ringwall.Museum.Staging;

/// <summary>Sets the stage of one exhibit: the sensors with what is in service before, and the configuration, in the control without the guard in question.</summary>
internal static class Scene
{
    /// <summary>What the sensor in question is called.</summary>
    public const string Subject = "subject";

    public static JsonObject Set(Guard guard, JsonObject configuration, Exhibit exhibit, bool control)
    {
        JsonObject subject = new()
        {
            ["name"] = Subject,
            ["folder"] = SensorFolder.Engine(Path.Combine(guard.Home, "engine"), Subject, "1", Rights(exhibit)),
            ["content"] = new JsonArray(SensorFolder.Content(Content(guard), exhibit.Good)),
            ["limits"] = new JsonObject { ["memoryMb"] = 64, ["processes"] = 16, ["cpuPercent"] = 100 },
        };
        Put(subject, exhibit.Sensor);
        JsonArray sensors = new(subject);
        if (exhibit.Second.Count > 0)
        {
            sensors.Add((JsonNode)new JsonObject
            {
                ["name"] = "second",
                ["folder"] = SensorFolder.Engine(Path.Combine(guard.Home, "engine-2"), "second"),
                ["content"] = new JsonArray(SensorFolder.Content(Path.Combine(guard.Home, "content-2"), exhibit.Second)),
                ["limits"] = new JsonObject { ["memoryMb"] = 64, ["processes"] = 16 },
            });
        }

        configuration["sensors"] = sensors;
        configuration["generations"] = QuickTrials();

        // The small root is this machine's system: what the host protects by itself lies elsewhere.
        configuration["protect"] = new JsonObject { ["add"] = new JsonArray(Path.Combine(guard.Mount, "usr"), Path.Combine(guard.Mount, "etc"), Path.Combine(guard.Mount, "var/lib/dpkg")) };
        Put(configuration, exhibit.Configuration);
        if (control)
        {
            Put(configuration, exhibit.ControlConfiguration);
            Put(subject, exhibit.ControlSensor);
        }

        if (exhibit.Untried)
        {
            configuration["withoutGuards"] = new JsonArray(["probation", .. (configuration["withoutGuards"] as JsonArray)?.Select(guard => guard!.DeepClone()) ?? []]);
        }

        return configuration;
    }

    /// <summary>The content that the configuration names.</summary>
    public static string Content(Guard guard) => Path.Combine(guard.Home, "content");

    /// <summary>What the sensor's manifest says that it will request: what it is granted here.</summary>
    public static IEnumerable<string> Rights(Exhibit exhibit) => exhibit.Sensor["grants"] is JsonArray grants ? grants.Select(grant => grant!.GetValue<string>()) : [];

    /// <summary>Probation in seconds, where a machine takes minutes: what is shown to the new generation is the same, but less of it, and each gate has its usual bound.</summary>
    public static JsonObject QuickTrials() => new()
    {
        ["fallbackSeconds"] = 600, ["soakSeconds"] = 2, ["waitAtMostSeconds"] = 30, ["leastAsks"] = 50, ["leastTells"] = 0, ["asksPerSecond"] = 1000,
    };

    private static void Put(JsonObject onto, JsonObject more)
    {
        foreach ((string key, JsonNode? value) in more)
        {
            if (onto[key] is JsonObject inner && value is JsonObject added)
            {
                Put(inner, added);
            }
            else
            {
                onto[key] = value?.DeepClone();
            }
        }
    }
}
