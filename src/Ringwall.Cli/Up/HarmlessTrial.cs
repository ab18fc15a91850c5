namespace Ringwall.Cli.Up;

/// <summary>
/// One harmless thing to try: the EICAR test file (https://www.eicar.org/download-anti-malware-testfile/), which every scanner takes for malware by agreement. Its text
/// stands here and in the command in two parts, so that neither this program nor the command is taken for it.
/// </summary>
internal static class HarmlessTrial
{
    public const string File = "/tmp/eicar.com";

    /// <summary>A command for a shell, in two lines of at most 76 columns.</summary>
    public static IReadOnlyList<string> Command { get; } =
    [
        @"printf '%s%s' 'X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR' \",
        $"  '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*' >{File}; cat {File}",
    ];
}
