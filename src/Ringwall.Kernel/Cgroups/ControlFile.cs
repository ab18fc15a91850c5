using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Ringwall.Kernel.Cgroups;

/// <summary>The small files by which groups are spoken to. They exist or not; nothing here makes one.</summary>
internal static class ControlFile
{
    private const int Longest = 64 * 1024;

    public static bool TryRead(string path, out string text)
    {
        text = "";
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[Longest];
            int total = 0;
            for (int count = -1; count != 0 && total < bytes.Length; total += count)
            {
                count = RandomAccess.Read(file, bytes.AsSpan(total), total);
            }

            text = Encoding.UTF8.GetString(bytes, 0, total);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public static bool TryWrite(string path, string text, out string? why)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            RandomAccess.Write(file, Encoding.UTF8.GetBytes(text), 0);
            why = null;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            why = $"write {text} to {path}: {e.Message}";
            return false;
        }
    }

    /// <summary>A file that holds one number. Null when it is not there, or says "max".</summary>
    public static long? Number(string path) =>
        TryRead(path, out string text) && long.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : null;

    /// <summary>One number of a file whose lines are "key number".</summary>
    public static long? Number(string path, string key)
    {
        if (!TryRead(path, out string text))
        {
            return null;
        }

        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            int space = line.IndexOf(' ');
            if (space > 0 && line[..space].SequenceEqual(key)
                && long.TryParse(line[(space + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                return number;
            }
        }

        return null;
    }
}
