namespace Ringwall.Sensors.Yara.Abi;

/// <summary>yara/types.h and yara/modules.h.</summary>
internal static class yara_types
{
    public const int META_TYPE_INTEGER = 1;
    public const int META_TYPE_STRING = 2;
    public const int META_TYPE_BOOLEAN = 3;
    public const int META_FLAGS_LAST_IN_RULE = 1;
}

/// <summary>Only ever a pointer.</summary>
internal struct YR_RULES;

/// <summary>The start of YR_SCAN_CONTEXT, up to the last field that we use. libyara allocates it.</summary>
[CStruct("YR_SCAN_CONTEXT", "yara/types.h")]
internal struct YR_SCAN_CONTEXT
{
    public ulong file_size;
    public ulong entry_point;
    public int flags;
    public int canary;

    /// <summary>Nanoseconds. yr_scanner_set_timeout knows whole seconds alone, and a deadline is a tenth of one.</summary>
    public ulong timeout;
}

/// <summary>
/// The start of YR_RULE. The pointers follow at once in libyara 4.1 and 4.2 and eight bytes later since 4.3, so they are
/// a struct of their own.
/// </summary>
[CStruct("YR_RULE", "yara/types.h")]
internal struct YR_RULE
{
    public int flags;
    public int num_atoms;
}

/// <summary>The pointers in YR_RULE, from "identifier" on.</summary>
internal unsafe struct YR_RULE_references
{
    public byte* identifier;
    public byte* tags;
    public YR_META* metas;
    public void* strings;
    public YR_NAMESPACE* ns;
}

[CStruct("YR_META", "yara/types.h")]
internal unsafe struct YR_META
{
    public byte* identifier;
    public byte* @string;
    public long integer;
    public int type;
    public int flags;
}

[CStruct("YR_NAMESPACE", "yara/types.h")]
internal unsafe struct YR_NAMESPACE
{
    public byte* name;
    public uint idx;
}

[CStruct("YR_MODULE_IMPORT", "yara/types.h")]
internal unsafe struct YR_MODULE_IMPORT
{
    public byte* module_name;
    public void* module_data;
    public nuint module_data_size;
}
