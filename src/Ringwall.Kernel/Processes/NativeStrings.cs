using System.Runtime.InteropServices;
using System.Text;

namespace Ringwall.Kernel.Processes;

/// <summary>Strings as a C program is handed them: bytes that end in a null byte, and null-terminated lists of such.</summary>
internal static unsafe class NativeStrings
{
    public static byte* One(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("A path, argument or variable with a null byte cannot be handed to a program.");
        }

        int length = Encoding.UTF8.GetByteCount(text);
        byte* bytes = (byte*)NativeMemory.AllocZeroed((nuint)length + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(bytes, length));
        return bytes;
    }

    public static byte** Vector(IReadOnlyList<string> strings)
    {
        byte** vector = (byte**)NativeMemory.AllocZeroed((nuint)(strings.Count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < strings.Count; i++)
        {
            vector[i] = One(strings[i]);
        }

        return vector;
    }

    public static void Free(byte** vector)
    {
        for (byte** at = vector; at is not null && *at is not null; at++)
        {
            NativeMemory.Free(*at);
        }

        NativeMemory.Free(vector);
    }
}
