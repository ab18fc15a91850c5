using System.Globalization;
using Ringwall.Sensors.Yara.Engine;

namespace Ringwall.Sensors.Yara.Sensing;

/// <summary>Where a running sensor's rules are.</summary>
internal static class SensorContent
{
    /// <summary>
    /// The rules that came with the program, then the host's content folders (/content/0, /content/1, …), then what the command line
    /// names. A place that cannot be read is a fault like a bad rule.
    /// </summary>
    public static IReadOnlyList<string> Files(string own, string content, IReadOnlyList<string> named, ICollection<RuleFault> faults)
    {
        var places = new List<string>();
        if (Directory.Exists(own))
        {
            places.Add(own);
        }

        if (Directory.Exists(content))
        {
            string[] folders = Directory.GetDirectories(content);
            Array.Sort(folders, static (a, b) => Number(a).CompareTo(Number(b)));
            places.AddRange(folders);
        }

        places.AddRange(named);
        var files = new List<string>();
        foreach (string place in places)
        {
            try
            {
                files.AddRange(RuleFiles.Below(place, faults));
            }
            catch (FileNotFoundException e)
            {
                faults.Add(new RuleFault(place, 0, e.Message, IsWarning: false));
            }
        }

        return files;
    }

    /// <summary>A name for exactly these bytes in this order: FNV-1a, which names and does not protect.</summary>
    public static string Version(IReadOnlyList<string> files)
    {
        ulong hash = 14695981039346656037;
        foreach (string file in files)
        {
            try
            {
                foreach (byte b in File.ReadAllBytes(file))
                {
                    hash = (hash ^ b) * 1099511628211;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The loader meets it too, and reports it.
            }

            hash = (hash ^ 0x100) * 1099511628211;
        }

        return $"{files.Count}-{hash.ToString("x16", CultureInfo.InvariantCulture)}";
    }

    private static int Number(string folder) => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : int.MaxValue;
}
