using System.Text.Json;

namespace Ringwall.Trust;

/// <summary>
/// Reads metadata strictly: one JSON value (RFC 8259), UTF-8, no byte order mark, no name twice in an object, whole numbers only, bounded in depth and in number. Two readers of
/// what passes here cannot come to two opinions about it.
/// </summary>
public static class MetaReader
{
    /// <exception cref="UpdateRejectedException">The bytes are not such a text.</exception>
    public static MetaValue Read(ReadOnlySpan<byte> json, MetaLimits? limits = null)
    {
        MetaLimits bounds = limits ?? MetaLimits.Default;

        // One level more than is allowed, so that the reader's own limit is never the one that is met.
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = bounds.Depth + 2 });
        try
        {
            int left = bounds.Values;
            Advance(ref reader);
            MetaValue value = ReadValue(ref reader, bounds, ref left);
            if (reader.Read())
            {
                UpdateRejectedException.Throw(RejectionReason.NotJson, "something follows the value");
            }

            return value;
        }
        catch (JsonException e)
        {
            throw new UpdateRejectedException(RejectionReason.NotJson, e.Message);
        }
        catch (InvalidOperationException e)
        {
            // What the reader says of text that is not UTF-8, or of half a surrogate pair.
            throw new UpdateRejectedException(RejectionReason.NotJson, e.Message);
        }
    }

    /// <summary>As <see cref="Read"/>, for a text that must be an object.</summary>
    public static MetaValue.Map ReadMap(ReadOnlySpan<byte> json, MetaLimits? limits = null)
    {
        if (Read(json, limits) is not MetaValue.Map map)
        {
            throw new UpdateRejectedException(RejectionReason.Malformed, "the text is no object");
        }

        return map;
    }

    private static MetaValue ReadValue(ref Utf8JsonReader reader, MetaLimits limits, ref int left)
    {
        if (--left < 0)
        {
            UpdateRejectedException.Throw(RejectionReason.TooManyValues, $"more than {limits.Values} values");
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadMap(ref reader, limits, ref left);
            case JsonTokenType.StartArray:
                return ReadList(ref reader, limits, ref left);
            case JsonTokenType.String:
                return new MetaValue.Text(reader.GetString()!);
            case JsonTokenType.Number:
                if (!reader.TryGetInt64(out long number))
                {
                    UpdateRejectedException.Throw(RejectionReason.NotAnInteger, "a number is no integer of 64 bits");
                }

                return new MetaValue.Number(number);
            case JsonTokenType.True or JsonTokenType.False:
                return new MetaValue.Flag(reader.TokenType == JsonTokenType.True);
            default:
                return new MetaValue.Null();
        }
    }

    private static MetaValue.Map ReadMap(ref Utf8JsonReader reader, MetaLimits limits, ref int left)
    {
        Descend(ref reader, limits);
        Dictionary<string, MetaValue> fields = new(StringComparer.Ordinal);
        while (Advance(ref reader) != JsonTokenType.EndObject)
        {
            string name = reader.GetString()!;
            Advance(ref reader);
            if (!fields.TryAdd(name, ReadValue(ref reader, limits, ref left)))
            {
                UpdateRejectedException.Throw(RejectionReason.DuplicateField, $"'{name}' stands twice in one object");
            }
        }

        return new MetaValue.Map(fields);
    }

    private static MetaValue.List ReadList(ref Utf8JsonReader reader, MetaLimits limits, ref int left)
    {
        Descend(ref reader, limits);
        List<MetaValue> items = [];
        while (Advance(ref reader) != JsonTokenType.EndArray)
        {
            items.Add(ReadValue(ref reader, limits, ref left));
        }

        return new MetaValue.List(items);
    }

    private static void Descend(ref Utf8JsonReader reader, MetaLimits limits)
    {
        if (reader.CurrentDepth >= limits.Depth)
        {
            UpdateRejectedException.Throw(RejectionReason.TooDeep, $"nested more than {limits.Depth} deep");
        }
    }

    private static JsonTokenType Advance(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            UpdateRejectedException.Throw(RejectionReason.NotJson, "the text ends too early");
        }

        return reader.TokenType;
    }
}
