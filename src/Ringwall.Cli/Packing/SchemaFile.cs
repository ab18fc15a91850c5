using System.Text.Json;
using Ringwall.Wire;
using Ringwall.Wire.Packages;

namespace Ringwall.Cli.Packing;

/// <summary>A schema as a vendor writes it down: <c>{"id": "…", "fields": [{"name": "…", "type": "…"}]}</c>. Count and hash are worked out.</summary>
internal static class SchemaFile
{
    /// <exception cref="CommandException">It cannot be read.</exception>
    public static ContentSchema Read(string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            JsonElement root = document.RootElement;
            return ContentSchema.Of(
                root.GetProperty("id").GetString() ?? "",
                [.. root.GetProperty("fields").EnumerateArray().Select(field => new SchemaField(field.GetProperty("name").GetString() ?? "", field.GetProperty("type").GetString() ?? ""))]);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or KeyNotFoundException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, file, $"it is no schema: {broken.Message.TrimEnd('.')}", "docs/packages.md has one");
        }
    }
}
