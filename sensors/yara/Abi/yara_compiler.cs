using System.Runtime.InteropServices;

namespace Ringwall.Sensors.Yara.Abi;

/// <summary>yara/compiler.h.</summary>
internal static unsafe partial class yara_compiler
{
    public const int YARA_ERROR_LEVEL_ERROR = 0;
    public const int YARA_ERROR_LEVEL_WARNING = 1;

    [LibraryImport(yara_libyara.Library)]
    public static partial int yr_compiler_create(void** compiler);

    [LibraryImport(yara_libyara.Library)]
    public static partial void yr_compiler_destroy(void* compiler);

    [LibraryImport(yara_libyara.Library)]
    public static partial void yr_compiler_set_callback(
        void* compiler, delegate* unmanaged[Cdecl]<int, byte*, int, YR_RULE*, byte*, void*, void> callback, void* user_data);

    [LibraryImport(yara_libyara.Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int yr_compiler_add_file(void* compiler, nint rules_file, string name_space, string file_name);

    [LibraryImport(yara_libyara.Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int yr_compiler_add_string(void* compiler, string rules_string, string name_space);

    [LibraryImport(yara_libyara.Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int yr_compiler_define_string_variable(void* compiler, string identifier, string value);

    [LibraryImport(yara_libyara.Library)]
    public static partial int yr_compiler_get_rules(void* compiler, YR_RULES** rules);
}
