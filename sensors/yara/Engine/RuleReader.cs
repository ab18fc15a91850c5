using System.Globalization;
using System.Runtime.InteropServices;
using Ringwall.Sensors.Yara.Abi;

namespace Ringwall.Sensors.Yara.Engine;

/// <summary>Copies what a rule's author wrote out of libyara's memory.</summary>
internal static unsafe class RuleReader
{
    public static RuleMatch Read(YR_RULE* rule)
    {
        // SAFETY: the caller's rule is alive; every string that the compiler stored ends with NUL.
        YR_RULE_references* of = YaraLibrary.References(rule);
        return new RuleMatch(Text(of->identifier), Text(of->ns == null ? null : of->ns->name), Tags(of->tags), Meta(of->metas));
    }

    public static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    private static List<string> Tags(byte* tags)
    {
        // SAFETY: yr_rule_tags_foreach: strings with a NUL each, one after the other, an empty one ends them.
        var all = new List<string>();
        while (tags != null && *tags != 0)
        {
            ReadOnlySpan<byte> tag = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(tags);
            all.Add(Text(tags));
            tags += tag.Length + 1;
        }

        return all;
    }

    private static List<RuleMeta> Meta(YR_META* meta)
    {
        // SAFETY: yr_rule_metas_foreach: an array whose last entry is flagged.
        var all = new List<RuleMeta>();
        while (meta != null)
        {
            all.Add(new RuleMeta(Text(meta->identifier), meta->type switch
            {
                yara_types.META_TYPE_STRING => Text(meta->@string),
                yara_types.META_TYPE_BOOLEAN => meta->integer != 0 ? "true" : "false",
                _ => meta->integer.ToString(CultureInfo.InvariantCulture),
            }));
            meta = (meta->flags & yara_types.META_FLAGS_LAST_IN_RULE) != 0 ? null : meta + 1;
        }

        return all;
    }
}
