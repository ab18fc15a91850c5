using System.Runtime.InteropServices;
using Ringwall.Wire.Probation;

namespace Ringwall.Host.Generations.Probation;

/// <summary>Reads what kind of machine this is.</summary>
internal static class CellFacts
{
    /// <param name="root">"/" but for tests.</param>
    /// <param name="sensors">Those beside the one that is tried.</param>
    public static MachineCell Read(string root, IReadOnlyList<CellSensor> sensors) => new(
        Distribution(root), ReadText(Path.Combine(root, "proc/sys/kernel/osrelease")).Trim(), RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant(), sensors);

    // os-release(5): etc first, then usr/lib.
    private static string Distribution(string root)
    {
        string text = ReadText(Path.Combine(root, "etc/os-release"));
        text = text.Length > 0 ? text : ReadText(Path.Combine(root, "usr/lib/os-release"));
        return $"{Value(text, "ID")} {Value(text, "VERSION_ID")}".Trim();
    }

    private static string Value(string text, string key) => text.Split('\n')
        .Where(line => line.StartsWith(key + "=", StringComparison.Ordinal))
        .Select(line => line[(key.Length + 1)..].Trim().Trim('"', '\''))
        .FirstOrDefault("");

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
