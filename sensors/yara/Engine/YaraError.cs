namespace Ringwall.Sensors.Yara.Engine;

/// <summary>Words for the numbers of yara/error.h that can reach a user; libyara has none of its own.</summary>
internal static class YaraError
{
    public static string Words(int error) => error switch
    {
        1 => "out of memory (1)",
        25 => "a condition needs more than the evaluation stack (25)",
        26 => "took too long (26)",
        30 => "too many matches (30)",
        31 => "internal error of a module (31)",
        33 => "a module has no such field (33)",
        46 => "a regular expression needs too many threads (46)",
        49 => "a regular expression is too complex (49)",
        _ => $"libyara error {error}",
    };
}
