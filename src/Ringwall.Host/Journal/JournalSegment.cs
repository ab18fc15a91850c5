using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Ringwall.Host.Journal;

/// <summary>One file of a journal's folder.</summary>
/// <param name="Number">Grows from segment to segment and is never used again.</param>
/// <param name="Bytes">How long it is.</param>
/// <param name="CreatedNs">When it was begun; no record in it is older.</param>
/// <param name="Moment">The same on a clock that never jumps; of a former host's as the wall clock had it when it was found.</param>
internal readonly record struct JournalSegment(long Number, long Bytes, long CreatedNs, TimeSpan Moment)
{
    private const string Ending = ".journal";

    public static string PathOf(string folder, long number) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{number:D12}{Ending}"));

    /// <summary>The segments' numbers, in order.</summary>
    public static List<long> NumbersIn(string folder)
    {
        List<long> numbers = [];
        try
        {
            foreach (string file in Directory.EnumerateFiles(folder, "*" + Ending))
            {
                if (long.TryParse(Path.GetFileNameWithoutExtension(file.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                {
                    numbers.Add(number);
                }
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was ever written, or somebody took it away.
        }

        numbers.Sort();
        return numbers;
    }

    /// <summary>For reading, beside its writer. Null when it is gone or cannot be read.</summary>
    public static SafeFileHandle? TryOpen(string folder, long number)
    {
        try
        {
            return File.OpenHandle(PathOf(folder, number), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
