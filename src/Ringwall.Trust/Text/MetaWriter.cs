using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ringwall.Trust;

/// <summary>Writes a value as JSON that every reader takes: the form of files, not the one that is signed. The same value is always the same bytes.</summary>
public static class MetaWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(MetaValue value)
    {
        ArrayBufferWriter<byte> to = new(1024);
        using (Utf8JsonWriter writer = new(to, Options))
        {
            Write(value, writer);
        }

        return to.WrittenSpan.ToArray();
    }

    private static void Write(MetaValue value, Utf8JsonWriter writer)
    {
        switch (value)
        {
            case MetaValue.Map map:
                writer.WriteStartObject();
                foreach (string name in map.Fields.Keys.Order(Comparer<string>.Create(CanonicalJson.CompareCodePoints)))
                {
                    writer.WritePropertyName(name);
                    Write(map.Fields[name], writer);
                }

                writer.WriteEndObject();
                break;
            case MetaValue.List list:
                writer.WriteStartArray();
                foreach (MetaValue item in list.Items)
                {
                    Write(item, writer);
                }

                writer.WriteEndArray();
                break;
            case MetaValue.Text text:
                writer.WriteStringValue(text.Value);
                break;
            case MetaValue.Number number:
                writer.WriteNumberValue(number.Value);
                break;
            case MetaValue.Flag flag:
                writer.WriteBooleanValue(flag.Value);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
