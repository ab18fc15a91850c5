namespace Ringwall.Host.Configuration;

/// <summary>How guards are called in a configuration.</summary>
internal static class GuardWords
{
    private static readonly (Guard Guard, string Word)[] Table = [.. Enum.GetValues<Guard>().Select(guard => (guard, WordOf(guard)))];

    /// <summary>In the order of the enum.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Table.Select(entry => entry.Word)];

    /// <summary>As "protected-set".</summary>
    public static string Word(this Guard guard) => Table[(int)guard].Word;

    /// <returns>Null when no guard is called so.</returns>
    public static Guard? Read(string word)
    {
        foreach ((Guard guard, string called) in Table)
        {
            if (called == word)
            {
                return guard;
            }
        }

        return null;
    }

    // ProtectedSet becomes protected-set.
    private static string WordOf(Guard guard) => string.Concat(guard.ToString().Select((c, i) => char.IsAsciiLetterUpper(c) && i > 0 ? $"-{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));
}
