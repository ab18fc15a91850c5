namespace Ringwall.Host.Tests.Generations.Crash;

/// <summary>Copies of folders.</summary>
internal static class Trees
{
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from).Order(StringComparer.Ordinal))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (string folder in Directory.EnumerateDirectories(from).Order(StringComparer.Ordinal))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }
}
