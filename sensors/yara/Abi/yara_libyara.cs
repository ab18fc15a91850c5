using System.Runtime.InteropServices;

namespace Ringwall.Sensors.Yara.Abi;

/// <summary>yara/libyara.h and yara/error.h.</summary>
internal static partial class yara_libyara
{
    /// <summary>The name that YaraLibrary's resolver maps to the library that the machine has.</summary>
    public const string Library = "libyara";

    public const int ERROR_SUCCESS = 0;
    public const int ERROR_SCAN_TIMEOUT = 26;

    public const int YR_CONFIG_MAX_MATCH_DATA = 2;

    [LibraryImport(Library)]
    public static partial int yr_initialize();

    [LibraryImport(Library)]
    public static partial int yr_set_configuration_uint32(int name, uint value);
}
