using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Ringwall.Host.Sandboxes;

/// <summary>
/// Reads which libraries a shared library needs: the DT_NEEDED entries of its dynamic section. elf(5); 64 bits, little endian. A file
/// that makes no sense needs nothing, and the sensor's own loader will say what it misses.
/// </summary>
internal static class ElfNeeds
{
    private const int HeadBytes = 64;
    private const int ProgramHeadBytes = 56;
    private const int DynamicBytes = 16;
    private const int MostProgramHeads = 64;
    private const int MostEntries = 1024;
    private const int LongestStrings = 1024 * 1024;
    private const uint Load = 1;            // PT_LOAD
    private const uint Dynamic = 2;         // PT_DYNAMIC
    private const long Needed = 1;          // DT_NEEDED
    private const long Strings = 5;         // DT_STRTAB
    private const long StringsSize = 10;    // DT_STRSZ

    public static IReadOnlyList<string> Of(string path)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return Of(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static List<string> Of(SafeFileHandle file)
    {
        byte[] head = new byte[HeadBytes];
        if (!Fill(file, head, 0) || !head.AsSpan(0, 6).SequenceEqual((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            return [];
        }

        long at = BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(32));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(56));
        if (count > MostProgramHeads || BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(54)) != ProgramHeadBytes)
        {
            return [];
        }

        byte[] program = new byte[count * ProgramHeadBytes];
        return at > 0 && Fill(file, program, at) ? Of(file, program) : [];
    }

    private static List<string> Of(SafeFileHandle file, byte[] program)
    {
        List<long> names = [];
        long strings = 0;
        long size = 0;
        for (int i = 0; i < program.Length; i += ProgramHeadBytes)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(program.AsSpan(i)) != Dynamic)
            {
                continue;
            }

            long length = Math.Min(BinaryPrimitives.ReadInt64LittleEndian(program.AsSpan(i + 32)), MostEntries * DynamicBytes);
            byte[] entries = new byte[Math.Max(0, length) / DynamicBytes * DynamicBytes];
            if (!Fill(file, entries, BinaryPrimitives.ReadInt64LittleEndian(program.AsSpan(i + 8))))
            {
                return [];
            }

            for (int e = 0; e < entries.Length; e += DynamicBytes)
            {
                long value = BinaryPrimitives.ReadInt64LittleEndian(entries.AsSpan(e + 8));
                switch (BinaryPrimitives.ReadInt64LittleEndian(entries.AsSpan(e)))
                {
                    case Needed: names.Add(value); break;
                    case Strings: strings = value; break;
                    case StringsSize: size = value; break;
                }
            }
        }

        byte[] text = new byte[Math.Clamp(size, 0, LongestStrings)];
        return Offset(program, strings) is { } offset && Fill(file, text, offset) ? [.. names.Select(n => NameAt(text, n)).OfType<string>()] : [];
    }

    // The dynamic section speaks of addresses; the segment that is loaded there says where in the file they are.
    private static long? Offset(byte[] program, long address)
    {
        for (int i = 0; i < program.Length; i += ProgramHeadBytes)
        {
            ReadOnlySpan<byte> one = program.AsSpan(i, ProgramHeadBytes);
            long start = BinaryPrimitives.ReadInt64LittleEndian(one[16..]);
            if (BinaryPrimitives.ReadUInt32LittleEndian(one) == Load && address >= start
                && address - start < BinaryPrimitives.ReadInt64LittleEndian(one[32..]))
            {
                return address - start + BinaryPrimitives.ReadInt64LittleEndian(one[8..]);
            }
        }

        return null;
    }

    private static string? NameAt(byte[] text, long at)
    {
        if (at < 0 || at >= text.Length)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = text.AsSpan((int)at);
        int end = rest.IndexOf((byte)0);
        return end <= 0 ? null : Encoding.UTF8.GetString(rest[..end]);
    }

    private static bool Fill(SafeFileHandle file, Span<byte> into, long at)
    {
        if (at < 0)
        {
            return false;
        }

        for (int done = 0; done < into.Length;)
        {
            int count = RandomAccess.Read(file, into[done..], at + done);
            if (count == 0)
            {
                return false;
            }

            done += count;
        }

        return true;
    }
}
