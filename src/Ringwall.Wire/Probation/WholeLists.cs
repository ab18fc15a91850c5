using System.Text.Json;

namespace Ringwall.Wire.Probation;

/// <summary>Lists without holes. The reader of JSON refuses null for a member, and lets it into a list: what strangers send is looked through once, as it is read.</summary>
internal static class WholeLists
{
    /// <exception cref="JsonException">One of them has null in it.</exception>
    public static void Require(params ReadOnlySpan<IEnumerable<object?>> lists)
    {
        foreach (IEnumerable<object?> list in lists)
        {
            if (list.Contains(null))
            {
                throw new JsonException("a list has null in it");
            }
        }
    }
}
