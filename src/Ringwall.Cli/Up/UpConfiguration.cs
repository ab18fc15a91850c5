using System.Text;
using System.Text.Json;

namespace Ringwall.Cli.Up;

/// <summary>The host's configuration for `ringwall up`, as docs/configuration.md has it.</summary>
internal static class UpConfiguration
{
    private static readonly string[] Usual = ["/home", "/root", "/tmp", "/var/tmp"];

    public static string Compose(UpRequest request, IReadOnlyList<string> sensorFolders, FleetDemo? fleet = null)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("runDir", request.RunDirectory);
            json.WriteString("stateDir", request.StateDirectory);
            Strings(json, "guard", Usual.Concat(request.Guard).Distinct());
            json.WriteBoolean("tellOnly", request.TellOnly);
            if (request.Mounts.Count > 0)
            {
                Strings(json, "mounts", request.Mounts);
            }

            json.WriteStartArray("sensors");
            foreach (string folder in sensorFolders)
            {
                json.WriteStartObject();
                json.WriteString("name", Path.GetFileName(folder));
                json.WriteString("folder", folder);
                if (fleet is not null)
                {
                    json.WriteString("vendor", FleetDemo.Vendor);
                }

                // Its own rules lie in its folder, where it finds them by itself.
                Strings(json, "content", request.Rules);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (fleet is not null)
            {
                json.WriteStartObject("fleet");
                json.WriteString("user", fleet.User);
                json.WriteString("spool", fleet.Spool);
                json.WriteEndObject();

                // Whoever looks on does not want to wait for five minutes.
                json.WriteStartObject("generations");
                json.WriteNumber("soakSeconds", 10);
                json.WriteNumber("leastAsks", 10);
                json.WriteNumber("leastTells", 10);

                // Nor see good content refused because the machine that shows all this is busy; what bad content does shows whatever time it takes.
                json.WriteNumber("latencyPercent", 10_000);
                json.WriteNumber("cpuPercent", 10_000);
                json.WriteNumber("missedPercent", 50);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length) + "\n";
    }

    private static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
