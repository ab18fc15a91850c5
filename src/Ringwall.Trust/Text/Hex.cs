using System.Buffers;

namespace Ringwall.Trust;

/// <summary>Hexadecimal digits of foreign text.</summary>
internal static class Hex
{
    private static readonly SearchValues<char> LowerDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>False if the text is no even number of hexadecimal digits.</summary>
    public static bool TryRead(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length / 2];
        return text.Length % 2 == 0 && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done;
    }

    /// <summary>Lower case only: one spelling for one value.</summary>
    public static bool IsLower(string text) => text.AsSpan().IndexOfAnyExcept(LowerDigits) < 0;
}
