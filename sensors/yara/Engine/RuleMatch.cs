namespace Ringwall.Sensors.Yara.Engine;

/// <summary>A rule that matched, with what its author wrote about it.</summary>
/// <param name="Rule">The rule's identifier.</param>
/// <param name="File">The rule file that it came from.</param>
/// <param name="Tags">The tags behind the identifier.</param>
/// <param name="Meta">The meta section in its order; a name may occur more than once.</param>
internal sealed record RuleMatch(string Rule, string File, IReadOnlyList<string> Tags, IReadOnlyList<RuleMeta> Meta)
{
    /// <summary>The first meta entry of that name, or null.</summary>
    public string? MetaOf(string name)
    {
        foreach (RuleMeta meta in Meta)
        {
            if (string.Equals(meta.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return meta.Value;
            }
        }

        return null;
    }
}
