namespace Ringwall.Sensors.Yara.Engine;

/// <summary>Which files of a folder are rule files.</summary>
internal static class RuleFiles
{
    /// <summary>
    /// Every .yar and .yara file at or below <paramref name="place"/>, by name; or the one file that it names, whatever its ending.
    /// </summary>
    /// <exception cref="IOException">There is no such file or folder, or it cannot be read.</exception>
    public static IReadOnlyList<string> Below(string place)
    {
        if (File.Exists(place))
        {
            return [place];
        }

        if (!Directory.Exists(place))
        {
            throw new FileNotFoundException($"{place}: no such file or folder");
        }

        var files = new List<string>();
        foreach (string file in Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories))
        {
            if (Path.GetExtension(file) is ".yar" or ".yara")
            {
                files.Add(file);
            }
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }
}
