using System.Buffers.Binary;
using Ringwall.Contract.Tests.Document;

namespace Ringwall.Contract.Tests.Wire;

/// <summary>Makes messages by the document's tables, mostly valid ones, and breaks them.</summary>
internal sealed class SomeMessage(Random random)
{
    /// <summary>A message or event by the table. Well-formed unless a range was left on purpose, which happens rarely.</summary>
    public byte[] Make(string table)
    {
        byte[] fields = Fields(table, depth: 0);
        if (table == "Event")
        {
            return fields;
        }

        byte[] message = new byte[8 + fields.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(message, ProtocolDocument.Instance.Kinds[table]);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(2), (ushort)(random.Next(8) == 0 ? random.Next(65536) : 0));
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(4), message.Length);
        fields.CopyTo(message, 8);
        return message;
    }

    public byte[] Broken(string table)
    {
        byte[] bytes = Make(table);
        for (int breaks = random.Next(1, 4); breaks > 0; breaks--)
        {
            switch (random.Next(6))
            {
                case 0 when bytes.Length > 0:
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes = bytes[..random.Next(bytes.Length + 1)];
                    break;
                case 2:
                    bytes = [.. bytes, .. RandomBytes(random.Next(1, 20))];
                    break;
                case 3 when bytes.Length >= 8:
                    bytes[random.Next(Math.Min(bytes.Length, 64))] = (byte)random.Next(256);
                    break;
                case 4 when bytes.Length >= 12:
                    int at = random.Next(bytes.Length - 4);
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), random.Next(3) switch { 0 => uint.MaxValue, 1 => (uint)int.MaxValue + 1, _ => (uint)random.Next(64) });
                    break;
                default:
                    bytes = RandomBytes(random.Next(80));
                    break;
            }
        }

        // Half of the time with a length that fits, so that what comes after the head is reached.
        if (table != "Event" && bytes.Length >= 8 && random.Next(2) == 0)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, ProtocolDocument.Instance.Kinds[table]);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length);
        }

        return bytes;
    }

    private byte[] Fields(string table, int depth)
    {
        List<byte[]> fields = [];
        List<FieldRow> rows = ProtocolDocument.Instance.Tables[table];
        ushort kind = (ushort)random.Next(1, 11);
        ushort[] needs = table == "Event" ? ProtocolDocument.Instance.Needs.GetValueOrDefault(kind, []) : [];
        foreach (FieldRow row in rows)
        {
            bool needed = row.Presence == "required" || needs.Contains(row.Id);
            int times = row.IsRepeated ? random.Next(depth == 0 ? 4 : 3) : needed || random.Next(2) == 0 ? 1 : 0;
            if (random.Next(200) == 0)
            {
                times = random.Next(3);
            }

            for (int i = 0; i < times; i++)
            {
                fields.Add(Field(row.Id, table == "Event" && row.Id == 1 ? BitConverter.GetBytes(kind) : Value(row, depth)));
            }
        }

        if (random.Next(6) == 0)
        {
            fields.Add(Field((ushort)random.Next(64, 65536), RandomBytes(random.Next(12))));      // a later version's field
        }

        if (random.Next(4) == 0)
        {
            random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(fields));
        }

        return [.. fields.SelectMany(field => field)];
    }

    private byte[] Value(FieldRow row, int depth)
    {
        if (row.IsInteger)
        {
            ulong number = Pick(row);
            return BitConverter.GetBytes(number)[..row.Width];
        }

        switch (row.Type)
        {
            case "process": return random.Next(10) == 0 ? [] : Fields("Process", depth + 1);
            case "ancestor": return Fields("Ancestor", depth + 1);
            case "event": return Fields("Event", depth + 1);
        }

        (int least, int most) = row.Bytes;
        int length = random.Next(60) switch
        {
            0 => most,
            1 => least,
            2 => most + 1,
            3 when least > 0 => least - 1,
            _ => Math.Min(most, least + random.Next(24)),
        };
        if (row.Range.Contains(" or ", StringComparison.Ordinal) && random.Next(8) > 0)
        {
            length = random.Next(2) == 0 ? least : most;
        }

        byte[] value = RandomBytes(length);
        if (row.Type == "text" && random.Next(4) > 0)
        {
            for (int i = 0; i < value.Length; i++)
            {
                value[i] &= 0x7F;
            }
        }

        if (row.Type == "name" && random.Next(40) > 0)
        {
            for (int i = 0; i < value.Length; i++)
            {
                value[i] = "abcxyz019-_."u8[value[i] % 12];
            }
        }

        return value;
    }

    private ulong Pick(FieldRow row)
    {
        if (random.Next(60) == 0)
        {
            return (ulong)random.NextInt64();
        }

        return row.Range switch
        {
            "one bit" => 1UL << random.Next(3),
            "any" or "not 0" => random.Next(3) == 0 ? (ulong)random.Next(1, 4) : (ulong)random.NextInt64(long.MinValue, long.MaxValue) | 1,
            _ => Enumerable.Range(0, 8).Select(value => (ulong)value).Where(row.Admits).OrderBy(_ => random.Next()).First(),
        };
    }

    private byte[] RandomBytes(int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Field(ushort id, byte[] value)
    {
        byte[] field = new byte[8 + value.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(field, id);
        BinaryPrimitives.WriteInt32LittleEndian(field.AsSpan(4), value.Length);
        value.CopyTo(field, 8);
        return field;
    }
}
