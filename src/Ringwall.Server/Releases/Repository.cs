namespace Ringwall.Server.Releases;

/// <summary>The two repositories, as addresses and tables name them.</summary>
public static class Repository
{
    /// <summary>What a release is: its vendor's word.</summary>
    public const string Vendors = "vendors";

    /// <summary>Who may install it: the operator's word.</summary>
    public const string Director = "director";

    public static IReadOnlyList<string> All { get; } = [Vendors, Director];
}
