using System.Runtime.InteropServices;

namespace Ringwall.Sensors.Yara.Abi;

/// <summary>yara/rules.h.</summary>
internal static unsafe partial class yara_rules
{
    public const int CALLBACK_MSG_RULE_MATCHING = 1;
    public const int CALLBACK_MSG_IMPORT_MODULE = 4;

    public const int CALLBACK_CONTINUE = 0;
    public const int CALLBACK_ERROR = 2;

    [LibraryImport(yara_libyara.Library)]
    public static partial int yr_rules_destroy(YR_RULES* rules);
}
