// Owns:     the loaded libyara: one per process, never unloaded.
// Threads:  Load may be called from any thread; libyara wants its first call to be over before others start, hence the lock.
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ringwall.Sensors.Yara.Abi;

namespace Ringwall.Sensors.Yara.Engine;

/// <summary>Finds the machine's libyara and makes it ready.</summary>
internal static unsafe class YaraLibrary
{
    private static readonly Lock Loading = new();
    private static string? _loaded;

    /// <summary>By soname, not by the development link: the number is the promise of a layout. 8 is libyara 4.1, 9 is 4.2, 10 is 4.3 to 4.5.</summary>
    public static IReadOnlyList<string> Names { get; } = ["libyara.so.9", "libyara.so.10", "libyara.so.8"];

    /// <summary>Where "identifier" lies in YR_RULE: libyara 4.3 put a counter before it.</summary>
    public static int RuleReferencesOffset { get; private set; }

    /// <summary>The soname that was found, e.g. "libyara.so.9".</summary>
    /// <exception cref="YaraException">No libyara, or one whose structures are not where its name promises.</exception>
    public static string Load()
    {
        lock (Loading)
        {
            if (_loaded is { } name)
            {
                return name;
            }

            NativeLibrary.SetDllImportResolver(typeof(YaraLibrary).Assembly, Resolve);
            Require(yara_libyara.yr_initialize(), "yr_initialize");

            // What matched is never shown, so libyara need not copy it; it also keeps the block that each scan allocates small.
            Require(yara_libyara.yr_set_configuration_uint32(yara_libyara.YR_CONFIG_MAX_MATCH_DATA, 0), "yr_set_configuration");
            return _loaded = Found ?? throw new YaraException("libyara: no library was found. Install libyara9.");
        }
    }

    public static void Require(int error, string call)
    {
        if (error != yara_libyara.ERROR_SUCCESS)
        {
            throw new YaraException($"{call}: {YaraError.Words(error)}");
        }
    }

    /// <summary>The pointers in a rule. The rule must be alive: its rule set not disposed.</summary>
    public static YR_RULE_references* References(YR_RULE* rule) =>
        // SAFETY: rule comes from libyara, whose YR_RULE has these pointers at this offset (the ABI test compares it with the header).
        (YR_RULE_references*)((byte*)rule + RuleReferencesOffset);

    private static string? Found { get; set; }

    private static nint Resolve(string wanted, Assembly assembly, DllImportSearchPath? path)
    {
        if (wanted != yara_libyara.Library)
        {
            return 0;
        }

        foreach (string name in Names)
        {
            if (NativeLibrary.TryLoad(name, out nint handle))
            {
                Found = name;
                RuleReferencesOffset = name == "libyara.so.10" ? 16 : Unsafe.SizeOf<YR_RULE>();
                return handle;
            }
        }

        throw new YaraException($"libyara: none of {string.Join(", ", Names)} can be loaded. Install the package libyara9 (Ubuntu 24.04: libyara10).");
    }
}
