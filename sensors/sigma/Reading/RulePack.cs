using System.Text;
using Ringwall.Sensors.Sigma.Language;

namespace Ringwall.Sensors.Sigma.Reading;

/// <summary>The rules of some folders, and what was wrong with those that are not among them.</summary>
internal sealed class RulePack
{
    private const int LargestFile = 4 * 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<SigmaRule> _rules = [];
    private readonly List<RuleFault> _faults = [];
    private readonly Dictionary<string, SigmaRule> _byId = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private ulong _digest = 0xcbf29ce484222325;

    public IReadOnlyList<SigmaRule> Rules => _rules;

    public IReadOnlyList<RuleFault> Faults => _faults;

    /// <summary>Sound rules about other products or log sources.</summary>
    public int NotApplicable { get; private set; }

    public int Files => _files.Count;

    /// <summary>Names the text of all files that were read, so that the same rules always have the same version. Not a secret, so no cryptography.</summary>
    public string Version => $"{_digest:x16}";

    /// <summary>
    /// Reads the rules below each path (files named *.yml or *.yaml, in the order of their names), or the one file that a path names. A rule that cannot be
    /// had becomes a fault; all others are there.
    /// </summary>
    public static RulePack Load(IEnumerable<string> paths)
    {
        var pack = new RulePack();
        foreach (string path in paths)
        {
            pack.AddPath(path);
        }

        return pack;
    }

    /// <summary>Rules from text, as if they stood in <paramref name="file"/>.</summary>
    public static RulePack Parse(string text, string file)
    {
        var pack = new RulePack();
        pack._files.Add(file);
        pack.AddText(text, file);
        return pack;
    }

    private void AddPath(string path)
    {
        if (File.Exists(path))
        {
            AddFile(path);
            return;
        }

        foreach (string file in RuleFiles.Below(
            path, (folder, why) => _faults.Add(new RuleFault(new SourceLine(folder, 0), RuleFaultReason.Unreadable, $"cannot be read: {why}"))))
        {
            AddFile(file);
        }
    }

    private void AddFile(string file)
    {
        if (!_files.Add(Path.GetFullPath(file)))
        {
            return;
        }

        try
        {
            if (new FileInfo(file).Length > LargestFile)
            {
                throw new RuleFaultException(RuleFaultReason.TooLarge, 0, $"larger than {LargestFile} bytes; not read");
            }

            byte[] content = File.ReadAllBytes(file);
            foreach (byte b in content)
            {
                _digest = (_digest ^ b) * 0x100000001b3;    // FNV-1a
            }

            AddText(StrictUtf8.GetString(content), file);
        }
        catch (RuleFaultException fault)
        {
            Refuse(file, fault);
        }
        catch (DecoderFallbackException)
        {
            _faults.Add(new RuleFault(new SourceLine(file, 0), RuleFaultReason.NotYaml, "not UTF-8; not read"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _faults.Add(new RuleFault(new SourceLine(file, 0), RuleFaultReason.Unreadable, $"cannot be read: {fault.Message}"));
        }
    }

    private void AddText(string text, string file)
    {
        foreach (YamlChunk chunk in YamlChunk.Split(text.TrimStart('\uFEFF')))
        {
            try
            {
                Add(RuleReader.Read(YamlDocument.Read(chunk.Text, chunk.LinesBefore), file));
            }
            catch (RuleFaultException fault)
            {
                Refuse(file, fault);
            }
        }
    }

    private void Add(SigmaRule? rule)
    {
        if (rule is null)
        {
            NotApplicable++;
        }
        else if (_byId.TryAdd(rule.Id, rule))
        {
            _rules.Add(rule);
        }
        else
        {
            throw new RuleFaultException(RuleFaultReason.Duplicate, rule.Source.Line, $"the id {rule.Id} is already that of {_byId[rule.Id].Source}");
        }
    }

    private void Refuse(string file, RuleFaultException fault) =>
        _faults.Add(new RuleFault(new SourceLine(file, fault.Line), fault.Reason, $"{fault.Message}; the rule is not loaded"));
}
