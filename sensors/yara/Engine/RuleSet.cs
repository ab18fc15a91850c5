// Owns:     compiled rules (YR_RULES). Read-only once compiled: any number of scanners on any threads may use them.
// Ordering: disposed after its scanners.
using Microsoft.Win32.SafeHandles;
using Ringwall.Sensors.Yara.Abi;

namespace Ringwall.Sensors.Yara.Engine;

/// <summary>Rules, compiled and known to evaluate.</summary>
internal sealed unsafe class RuleSet : SafeHandleZeroOrMinusOneIsInvalid
{
    public RuleSet(YR_RULES* rules, int files, bool knowsNames)
        : base(ownsHandle: true)
    {
        SetHandle((nint)rules);
        Files = files;
        KnowsNames = knowsNames;
    }

    /// <summary>How many rule files are in it.</summary>
    public int Files { get; }

    /// <summary>Some rule asks for the file's name: what it says does not hold for the same bytes elsewhere.</summary>
    public bool KnowsNames { get; }

    public YR_RULES* Pointer => (YR_RULES*)handle;

    // SAFETY: handle is what yr_compiler_get_rules returned, and SafeHandle calls this once, when no scanner holds a reference.
    protected override bool ReleaseHandle() => yara_rules.yr_rules_destroy((YR_RULES*)handle) == yara_libyara.ERROR_SUCCESS;
}
