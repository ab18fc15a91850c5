namespace Ringwall.Contract.Tests.Document;

/// <summary>Where the working copy is that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Protocol => Path.Combine(Root, "docs", "protocol.md");

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Ringwall.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("No Ringwall.slnx above " + AppContext.BaseDirectory);
    }
}
