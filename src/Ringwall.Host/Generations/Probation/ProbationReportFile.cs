using System.Globalization;
using System.Text.Json;
using Ringwall.Wire.Control;
using Ringwall.Wire.Probation;

namespace Ringwall.Host.Generations.Probation;

/// <summary>Reports on disk: FOLDER/SENSOR/N.probation.json, of each generation the latest.</summary>
internal static class ProbationReportFile
{
    private const string Ending = ".probation.json";

    // A list of differences is bounded, and so is everything in it.
    private const int LongestBytes = 4 * 1024 * 1024;

    public static string PathOf(string folder, string sensor, long number) =>
        Path.Combine(folder, sensor, number.ToString(CultureInfo.InvariantCulture) + Ending);

    /// <summary>Puts the report in the place of an earlier one, whole or not at all.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void Write(string folder, ProbationReport report)
    {
        string path = PathOf(folder, report.Sensor, report.Candidate.Number);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string beside = path + ".new";
        using (FileStream file = new(beside, FileMode.Create, FileAccess.Write))
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(report, ControlReplyJson.Lines.ProbationReport));
            file.WriteByte((byte)'\n');
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }

    /// <summary>Null when there is none, or it cannot be read.</summary>
    /// <param name="folder">The state directory's folder of generations.</param>
    /// <param name="sensor">Whose.</param>
    /// <param name="number">Which generation's; null for the latest that was tried.</param>
    public static ProbationReport? TryRead(string folder, string sensor, long? number)
    {
        try
        {
            string? path = number is { } one ? PathOf(folder, sensor, one) : Latest(Path.Combine(folder, sensor));
            return path is not null && new FileInfo(path) is { Exists: true, Length: <= LongestBytes }
                ? JsonSerializer.Deserialize(File.ReadAllBytes(path), ControlReplyJson.Lines.ProbationReport) : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static string? Latest(string folder) => !Directory.Exists(folder) ? null : Directory.EnumerateFiles(folder, "*" + Ending)
        .Where(path => long.TryParse(Path.GetFileName(path)[..^Ending.Length], NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .MaxBy(File.GetLastWriteTimeUtc);
}
