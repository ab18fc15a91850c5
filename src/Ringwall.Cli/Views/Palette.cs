namespace Ringwall.Cli.Views;

/// <summary>What colours mean here, in Spectre's markup. The eight basic ones follow the terminal's own theme, dark or light.</summary>
internal static class Palette
{
    public const string Accent = "aqua";
    public const string Quiet = "grey";
    public const string Good = "green";
    public const string Warning = "yellow";
    public const string Bad = "red";

    public static string State(string state) => state switch
    {
        "running" => Good,
        "starting" or "waiting" => Warning,
        "quarantined" => Bad,
        _ => Quiet,
    };

    public static string Severity(int severityId) => severityId switch
    {
        >= 4 and <= 6 => Bad,
        3 => Warning,
        2 => Accent,
        _ => Quiet,
    };
}
