using System.Globalization;
using System.Text;

namespace Ringwall.Contract.Tests.Document;

/// <summary>
/// Decodes by the document's tables alone: slow, obvious, knows nothing of the library. Yields a description of every field,
/// or null for what the document calls malformed.
/// </summary>
internal static class SlowDecoder
{
    public static string? Message(string name, byte[] bytes)
    {
        ProtocolDocument document = ProtocolDocument.Instance;
        if (bytes.Length < 8 || bytes.Length > 131_072 || Number(bytes, 4, 4) != (ulong)bytes.Length || Number(bytes, 0, 2) != document.Kinds[name])
        {
            return null;
        }

        // What the library keeps of a finding's actor is text.
        return Fields(name, bytes[8..], asText: name == "Finding");
    }

    public static string? Event(byte[] bytes) => bytes.Length > 131_056 ? null : Fields("Event", bytes);

    private static string? Fields(string table, byte[] bytes, bool asText = false)
    {
        ProtocolDocument document = ProtocolDocument.Instance;
        List<(ushort Id, byte[] Value)> fields = [];
        int at = 0;
        while (at < bytes.Length)
        {
            if (bytes.Length - at < 8)
            {
                return null;
            }

            ulong length = Number(bytes, at + 4, 4);
            if (length > (ulong)(bytes.Length - at - 8))
            {
                return null;
            }

            fields.Add(((ushort)Number(bytes, at, 2), bytes[(at + 8)..(at + 8 + (int)length)]));
            at += 8 + (int)length;
        }

        StringBuilder description = new();
        foreach (FieldRow row in document.Tables[table])
        {
            List<byte[]> values = [.. fields.Where(field => field.Id == row.Id).Select(field => field.Value)];
            if ((values.Count > 1 && !row.IsRepeated) || (values.Count == 0 && row.Presence == "required"))
            {
                return null;
            }

            List<string?> described = [.. values.Select(value => Value(row, value, asText))];
            if (described.Contains(null))
            {
                return null;
            }

            string all = row.IsRepeated ? $"{described.Count}:{string.Join(',', described)}" : described.FirstOrDefault() ?? (row.IsInteger ? "0" : "");
            description.Append(CultureInfo.InvariantCulture, $"{row.Name}={all} ");
        }

        return KeepsOtherRules(table, fields) ? description.ToString() : null;
    }

    private static string? Value(FieldRow row, byte[] value, bool asText)
    {
        if (row.IsInteger)
        {
            return value.Length == row.Width && row.Admits(Number(value, 0, row.Width))
                ? row.Type == "i64" ? ((long)Number(value, 0, 8)).ToString(CultureInfo.InvariantCulture) : Number(value, 0, row.Width).ToString(CultureInfo.InvariantCulture)
                : null;
        }

        return row.Type switch
        {
            "process" => Fields("Process", value, asText) is { } process ? process == Fields("Process", []) ? "" : $"({process})" : null,
            "ancestor" => Fields("Ancestor", value, asText) is { } ancestor ? $"({ancestor})" : null,
            "event" => Convert.ToHexString(value),
            _ when !row.Admits(value) => null,
            "text" or "name" => Text(value),
            _ when asText && row.Name != "path" => Text(value),
            _ => Convert.ToHexString(value),
        };
    }

    private static string Text(byte[] value) => value.Length == 0 ? "" : $"'{Encoding.UTF8.GetString(value)}'";

    /// <summary>What the document says in words.</summary>
    private static bool KeepsOtherRules(string table, List<(ushort Id, byte[] Value)> fields)
    {
        switch (table)
        {
            case "Finding":
                return fields.Count(field => field.Id == 5) <= 32;
            case "Process":
                return fields.Where(field => field.Id == 8).Sum(field => field.Value.Length + 8) <= 32_768 && fields.Count(field => field.Id == 10) <= 16;
            case "Event":
                ushort kind = (ushort)Number(fields.First(field => field.Id == 1).Value, 0, 2);
                ushort[] needs = ProtocolDocument.Instance.Needs.GetValueOrDefault(kind, []);
                return needs.All(id => fields.Exists(field => field.Id == id)) && (kind != 9 || Number(fields.First(field => field.Id == 15).Value, 0, 8) != 0);
            default:
                return true;
        }
    }

    private static ulong Number(byte[] bytes, int at, int width)
    {
        ulong number = 0;
        for (int i = width - 1; i >= 0; i--)
        {
            number = (number << 8) | bytes[at + i];
        }

        return number;
    }
}
