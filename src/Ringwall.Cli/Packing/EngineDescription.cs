using System.Text.Json;
using Ringwall.Wire;
using Ringwall.Wire.Packages;

namespace Ringwall.Cli.Packing;

/// <summary>What a package says of its engine, as its sensor.json has it. The host reads that file strictly; here only what is repeated is looked at.</summary>
internal sealed record EngineDescription(string Name, string Vendor, string Version, IReadOnlyList<SchemaName> Reads)
{
    /// <exception cref="CommandException">It cannot be read, or lacks one of these.</exception>
    public static EngineDescription Read(string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            JsonElement root = document.RootElement;
            return new EngineDescription(
                root.GetProperty("name").GetString() ?? "",
                root.TryGetProperty("vendor", out JsonElement vendor) ? vendor.GetString() ?? "" : "",
                root.GetProperty("version").GetString() ?? "",
                root.TryGetProperty("reads", out JsonElement reads)
                    ? [.. reads.EnumerateArray().Select(one => new SchemaName(one.GetProperty("id").GetString() ?? "", one.GetProperty("hash").GetString() ?? ""))]
                    : []);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CommandException(ExitCode.Usage, file, $"it is no sensor.json: {broken.Message.TrimEnd('.')}", "docs/configuration.md, \"A sensor's folder\", lists the keys");
        }
    }
}
