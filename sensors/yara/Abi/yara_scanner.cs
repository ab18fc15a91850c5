using System.Runtime.InteropServices;

namespace Ringwall.Sensors.Yara.Abi;

/// <summary>yara/scanner.h and yara/scan.h.</summary>
internal static unsafe partial class yara_scanner
{
    public const int SCAN_FLAGS_FAST_MODE = 1;
    public const int SCAN_FLAGS_NO_TRYCATCH = 4;
    public const int SCAN_FLAGS_REPORT_RULES_MATCHING = 8;

    [LibraryImport(yara_libyara.Library)]
    public static partial int yr_scanner_create(YR_RULES* rules, YR_SCAN_CONTEXT** scanner);

    [LibraryImport(yara_libyara.Library)]
    public static partial void yr_scanner_destroy(YR_SCAN_CONTEXT* scanner);

    [LibraryImport(yara_libyara.Library)]
    public static partial void yr_scanner_set_callback(
        YR_SCAN_CONTEXT* scanner, delegate* unmanaged[Cdecl]<YR_SCAN_CONTEXT*, int, void*, void*, int> callback, void* user_data);

    [LibraryImport(yara_libyara.Library)]
    public static partial void yr_scanner_set_timeout(YR_SCAN_CONTEXT* scanner, int timeout);

    [LibraryImport(yara_libyara.Library)]
    public static partial void yr_scanner_set_flags(YR_SCAN_CONTEXT* scanner, int flags);

    [LibraryImport(yara_libyara.Library)]
    public static partial int yr_scanner_define_string_variable(YR_SCAN_CONTEXT* scanner, byte* identifier, byte* value);

    [LibraryImport(yara_libyara.Library)]
    public static partial int yr_scanner_scan_mem(YR_SCAN_CONTEXT* scanner, byte* buffer, nuint buffer_size);
}
