using System.Text.Json.Nodes;

namespace Ringwall.Museum.Staging;

/// <summary>Writes engines and contents of the faulty sensor.</summary>
internal static class SensorFolder
{
    public const string Vendor = "Museum";

    /// <summary>A folder with the program and its manifest.</summary>
    /// <param name="folder">Where; made if it is not there.</param>
    /// <param name="name">The sensor's.</param>
    /// <param name="version">The engine's.</param>
    /// <param name="rights">What it will request.</param>
    public static string Engine(string folder, string name, string version = "1", params IEnumerable<string> rights)
    {
        Directory.CreateDirectory(folder);
        File.Copy(Programs.Faulty, Path.Combine(folder, "faulty"), overwrite: true);
        File.SetUnixFileMode(Path.Combine(folder, "faulty"), (UnixFileMode)0b111_101_101);
        JsonObject manifest = new()
        {
            ["name"] = name, ["vendor"] = Vendor, ["version"] = version, ["executable"] = "faulty", ["arguments"] = new JsonArray(name, version), ["reads"] = new JsonArray(Release.Reads()),
        };
        if (rights.Any())
        {
            manifest["rights"] = new JsonArray([.. rights.Select(right => (JsonNode)right)]);
        }

        File.WriteAllText(Path.Combine(folder, "sensor.json"), manifest.ToJsonString());
        return folder;
    }

    /// <summary>A folder with behaviour.</summary>
    public static string Content(string folder, IEnumerable<string> lines)
    {
        Directory.CreateDirectory(folder);
        string fresh = Path.Combine(folder, "behaviour.new");
        File.WriteAllLines(fresh, lines);
        File.Move(fresh, Path.Combine(folder, "behaviour"), overwrite: true);
        return folder;
    }
}
