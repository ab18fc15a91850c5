// Owns:     one YR_SCANNER and the list of what its last scan matched.
// Threads:  one at a time; each worker has a scanner of its own, all share the rule set.
// Ordering: the rule set outlives it (it holds a reference).
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ringwall.Sensors.Yara.Abi;
using static Ringwall.Sensors.Yara.Abi.yara_libyara;
using static Ringwall.Sensors.Yara.Abi.yara_rules;
using static Ringwall.Sensors.Yara.Abi.yara_scanner;

namespace Ringwall.Sensors.Yara.Engine;

/// <summary>Evaluates a rule set over bytes in memory.</summary>
internal sealed unsafe class Scanner : IDisposable
{
    private readonly RuleSet _rules;
    private readonly List<nint> _matched = [];
    private readonly HashSet<string>? _imports;
    private GCHandle<Scanner> _self;
    private YR_SCAN_CONTEXT* _scanner;

    /// <param name="rules">What is evaluated.</param>
    /// <param name="imports">Filled with the names of the modules that the rules import, when given.</param>
    public Scanner(RuleSet rules, HashSet<string>? imports = null)
    {
        _rules = rules;
        _imports = imports;
        bool held = false;
        rules.DangerousAddRef(ref held);
        _self = new GCHandle<Scanner>(this);
        Create();
    }

    /// <summary>libyara's number for why the last scan ended as it did.</summary>
    public int Error { get; private set; }

    /// <summary>Evaluates all rules over <paramref name="content"/>.</summary>
    /// <param name="content">The whole file. Must not change or move meanwhile, so it is memory of our own, never a mapping of the file.</param>
    /// <param name="path">What rules see as filepath, filename and extension. NUL bytes end it.</param>
    /// <param name="time">libyara looks at its clock every 4 KiB of content and every 100 steps of a condition, so the end is a little later.</param>
    public ScanOutcome Scan(ReadOnlySpan<byte> content, ReadOnlySpan<byte> path, TimeSpan time)
    {
        _matched.Clear();
        if (_rules.KnowsNames)
        {
            DefineNames(path);
        }

        _scanner->timeout = (ulong)Math.Max(1, time.Ticks) * 100;

        // SAFETY: content is pinned for the call, libyara only reads it, and keeps no pointer into it once the call is over.
        fixed (byte* bytes = content)
        {
            // An empty span has no address; libyara wants one all the same.
            byte nothing = 0;
            Error = yr_scanner_scan_mem(_scanner, bytes == null ? &nothing : bytes, (nuint)content.Length);
        }

        switch (Error)
        {
            case ERROR_SUCCESS:
                return _matched.Count == 0 ? ScanOutcome.Clean : ScanOutcome.Matched;
            case ERROR_SCAN_TIMEOUT:
                return ScanOutcome.Unfinished;
            default:
                // What a failed scan leaves behind is not promised, so the next one starts anew.
                yr_scanner_destroy(_scanner);
                Create();
                return ScanOutcome.Failed;
        }
    }

    /// <summary>How many rules the last scan matched.</summary>
    public int MatchCount => _matched.Count;

    /// <summary>The identifier of a matched rule, as bytes that live as long as the rule set.</summary>
    public ReadOnlySpan<byte> MatchedIdentifier(int index) =>
        // SAFETY: the rule lives in the rule set, to which we hold a reference; libyara's strings end with NUL.
        MemoryMarshal.CreateReadOnlySpanFromNullTerminated(YaraLibrary.References((YR_RULE*)_matched[index])->identifier);

    /// <summary>What the last scan matched, in the order in which the rules were compiled.</summary>
    public IReadOnlyList<RuleMatch> Matches()
    {
        var matches = new RuleMatch[_matched.Count];
        for (int i = 0; i < matches.Length; i++)
        {
            matches[i] = RuleReader.Read((YR_RULE*)_matched[i]);
        }

        return matches;
    }

    public void Dispose()
    {
        if (_scanner == null)
        {
            return;
        }

        yr_scanner_destroy(_scanner);
        _scanner = null;
        _self.Dispose();
        _rules.DangerousRelease();
    }

    private void Create()
    {
        YR_SCAN_CONTEXT* scanner;
        YaraLibrary.Require(yr_scanner_create(_rules.Pointer, &scanner), "yr_scanner_create");
        _scanner = scanner;

        // SAFETY: the handle that libyara hands back to OnMessage is freed in Dispose, after the scanner.
        yr_scanner_set_callback(scanner, &OnMessage, (void*)GCHandle<Scanner>.ToIntPtr(_self));

        // Fast mode only skips further occurrences of strings whose count and place no condition asks for. libyara's own guard
        // against faults replaces the process's SIGSEGV and SIGBUS handlers, which are the runtime's, during each scan; we scan
        // memory that cannot fault.
        yr_scanner_set_flags(scanner, SCAN_FLAGS_FAST_MODE | SCAN_FLAGS_NO_TRYCATCH | SCAN_FLAGS_REPORT_RULES_MATCHING);

        yr_scanner_set_timeout(scanner, 7);
        if (scanner->timeout != 7_000_000_000)
        {
            throw new YaraException("libyara: its scanner keeps the timeout in another place than its soname promises. Install libyara9 4.2.");
        }
    }

    private void DefineNames(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> name = path[(path.LastIndexOf((byte)'/') + 1)..];
        int dot = name.LastIndexOf((byte)'.');
        Define("filepath"u8, path);
        Define("filename"u8, name);
        Define("extension"u8, dot < 0 ? default : name[dot..]);
    }

    [SkipLocalsInit]
    private void Define(ReadOnlySpan<byte> variable, ReadOnlySpan<byte> value)
    {
        const int Longest = 4096;   // PATH_MAX, with its NUL
        value = value[..Math.Min(value.Length, Longest - 1)];
        byte* text = stackalloc byte[Longest];
        value.CopyTo(new Span<byte>(text, Longest));
        text[value.Length] = 0;

        // SAFETY: both end with NUL (u8 literals do) and libyara copies them. It refuses names that the rules were not compiled
        // with, which cannot be, and no memory, which the scan then meets too.
        fixed (byte* identifier = variable)
        {
            _ = yr_scanner_define_string_variable(_scanner, identifier, text);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnMessage(YR_SCAN_CONTEXT* context, int message, void* about, void* user)
    {
        // Nothing may be thrown through libyara's frames.
        try
        {
            Scanner scanner = GCHandle<Scanner>.FromIntPtr((nint)user).Target;
            switch (message)
            {
                case CALLBACK_MSG_RULE_MATCHING:
                    scanner._matched.Add((nint)about);
                    break;
                case CALLBACK_MSG_IMPORT_MODULE when scanner._imports is { } imports:
                    // SAFETY: for this message libyara hands over a YR_MODULE_IMPORT whose name ends with NUL.
                    imports.Add(Marshal.PtrToStringUTF8((nint)((YR_MODULE_IMPORT*)about)->module_name) ?? "");
                    break;
            }

            return CALLBACK_CONTINUE;
        }
        catch (Exception)
        {
            return CALLBACK_ERROR;
        }
    }
}
