// Owns:     one YR_COMPILER and the faults that it told.
// Threads:  one.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ringwall.Sensors.Yara.Abi;
using static Ringwall.Sensors.Yara.Abi.yara_compiler;

namespace Ringwall.Sensors.Yara.Engine;

/// <summary>
/// One run of libyara's compiler. After one error it is of no further use (libyara asserts that), so RuleLoader takes a new one
/// for each try.
/// </summary>
internal sealed unsafe class RuleCompiler : IDisposable
{
    private readonly List<RuleFault> _faults = [];
    private readonly bool _knowsNames;
    private GCHandle<RuleCompiler> _self;
    private void* _compiler;
    private string _file = "";

    /// <param name="knowsNames">Whether rules may ask for filepath, filename, extension, filetype and owner, as public packs do.</param>
    public RuleCompiler(bool knowsNames)
    {
        _knowsNames = knowsNames;
        void* compiler;
        YaraLibrary.Require(yr_compiler_create(&compiler), "yr_compiler_create");
        _compiler = compiler;
        _self = new GCHandle<RuleCompiler>(this);

        // SAFETY: the handle that libyara hands back to OnMessage is freed in Dispose, after the compiler.
        yr_compiler_set_callback(compiler, &OnMessage, (void*)GCHandle<RuleCompiler>.ToIntPtr(_self));

        // Scanner sets the first three for each file; the others stay empty.
        foreach (string name in knowsNames ? (ReadOnlySpan<string>)["filepath", "filename", "extension", "filetype", "owner"] : [])
        {
            YaraLibrary.Require(yr_compiler_define_string_variable(compiler, name, ""), "yr_compiler_define_string_variable");
        }
    }

    public IReadOnlyList<RuleFault> Faults => _faults;

    public bool HasErrors { get; private set; }

    /// <summary>
    /// Compiles one more file. Its namespace is its path, so that a global rule binds, and a name counts, in its own file alone.
    /// False when it was refused; the reasons are in <see cref="Faults"/>.
    /// </summary>
    public bool Add(string file)
    {
        _file = file;

        // Through stdio and not through yr_compiler_add_fd, which maps the file: truncated meanwhile, that is SIGBUS.
        nint stream = libc_files.fopen(file, "re");
        if (stream == 0)
        {
            Fault(file, 0, $"cannot be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}", isWarning: false);
            return false;
        }

        int errors = yr_compiler_add_file(_compiler, stream, file, file);
        _ = libc_files.fclose(stream);
        if (errors != 0 && !HasErrors)
        {
            Fault(file, 0, "libyara refuses it and does not say why", isWarning: false);
        }

        return errors == 0;
    }

    /// <summary>For rules of our own, which are known to be right.</summary>
    public void AddText(string rules) => YaraLibrary.Require(yr_compiler_add_string(_compiler, rules, "ringwall"), "yr_compiler_add_string");

    /// <summary>The rules that were added. Nothing can be added later.</summary>
    public RuleSet Rules(int files)
    {
        YR_RULES* rules;
        YaraLibrary.Require(yr_compiler_get_rules(_compiler, &rules), "yr_compiler_get_rules");
        return new RuleSet(rules, files, _knowsNames);
    }

    public void Dispose()
    {
        if (_compiler == null)
        {
            return;
        }

        yr_compiler_destroy(_compiler);
        _compiler = null;
        _self.Dispose();
    }

    private void Fault(string file, int line, string message, bool isWarning)
    {
        HasErrors |= !isWarning;
        _faults.Add(new RuleFault(file, line, message, isWarning));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnMessage(int level, byte* file, int line, YR_RULE* rule, byte* message, void* user)
    {
        // Nothing may be thrown through libyara's frames. What is lost then is the wording: Add still sees that the file was refused.
        try
        {
            RuleCompiler compiler = GCHandle<RuleCompiler>.FromIntPtr((nint)user).Target;

            // SAFETY: libyara's strings end with NUL; the file's name is null for text that came from no file.
            string about = file == null ? compiler._file : RuleReader.Text(file);
            compiler.Fault(about, line, RuleReader.Text(message), level == YARA_ERROR_LEVEL_WARNING);
        }
        catch (Exception)
        {
        }
    }
}
