using System.Buffers;
using Ringwall.Contract;
using Ringwall.Wire.Ocsf;

namespace Ringwall.Host.Findings;

/// <summary>
/// Makes OCSF Detection Findings of what sensors say. Everything that a sensor sent is foreign: cut and cleaned here, and never the place where the host looks up what it
/// knows itself (sensor, generation, machine).
/// </summary>
internal sealed class Composition(Machine machine)
{
    private const int LongestLine = 256;
    private const int LongestText = 4096;
    private const int LongestCommandLine = 4096;
    private const int AncestorsShown = 4;
    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create(" '\"\t\n\\");

    public DetectionFinding Compose(FindingSource source, FindingMessage said, FindingStamp stamp)
    {
        bool cut = false;
        string title = CleanText.From(said.Title, LongestLine, ref cut);
        string rule = CleanText.From(said.RuleId, LongestLine, ref cut);
        string description = CleanText.From(said.Description, LongestText, ref cut);
        FileEntity? file = File(said.Path.Span, typeId: 0, size: 0, ref cut);
        ProcessEntity? process = Process(said.Actor, ref cut);
        (List<Attack> attacks, List<string> otherTags) = Tags(said.Tags, ref cut);
        return Stamped(source, stamp, said.Severity) with
        {
            Message = $"{source.Name}: {title}",
            IsAlert = said.Severity >= Severity.Medium,
            ActionId = 3,
            Action = "Observed",
            DispositionId = 15,
            Disposition = "Detected",
            FindingInfo = new FindingDescription
            {
                Uid = stamp.Uid,
                Title = title,
                Desc = description.Length == 0 ? null : description,
                CreatedTime = said.EventTime == 0 ? stamp.TimeMs : (long)(said.EventTime / 1_000_000),
                Analytic = new Analytic { Uid = rule, Name = title, Version = Absent(CleanText.From(source.Content, LongestLine, ref cut)) },
                Attacks = attacks.Count == 0 ? null : attacks,
                DataSources = said.EventSource == TellKinds.None ? null : [$"{said.EventSource} events"],
            },
            Evidences = Evidence(process, file),
            Unmapped = new Unmapped
            {
                Sensor = source.Name,
                Generation = source.Generation,
                Event = said.EventSource == TellKinds.None ? null : $"{said.EventSource}/{said.EventSequence}",
                Tags = otherTags.Count == 0 ? null : otherTags,
                DroppedBefore = stamp.DroppedBefore == 0 ? null : stamp.DroppedBefore,
                Truncated = cut ? true : null,
            },
        };
    }

    public DetectionFinding Compose(FindingSource source, Denial denial, FindingStamp stamp)
    {
        bool cut = false;
        bool executed = denial.Class == EventClass.Exec;
        string reason = CleanText.From(denial.Reason, LongestLine, ref cut);
        string path = CleanText.From(denial.Path.Span, LongestText, ref cut);
        bool applied = denial.NotApplied is null;
        string title = $"{(executed ? "Execution" : "Open")} {(applied ? "denied" : "not denied")}: {(reason.Length == 0 ? "no reason given" : reason)}";
        FileEntity? file = File(denial.Path.Span, executed ? 8 : 1, denial.Size, ref cut);
        return Stamped(source, stamp, Severity.High) with
        {
            Message = applied
                ? $"{source.Name} denied {(executed ? "executing" : "opening")} {path}: {reason}"
                : $"{source.Name} (engine {Known(source.Engine)}, content {Known(source.Content)}, generation {source.Generation}) wanted to deny {(executed ? "executing" : "opening")} {path}: {reason}; not applied, as {denial.NotApplied}",
            IsAlert = true,
            ActionId = applied ? 2 : 1,
            Action = applied ? "Denied" : "Allowed",
            DispositionId = applied ? 2 : 1,
            Disposition = applied ? "Blocked" : "Allowed",
            FindingInfo = new FindingDescription
            {
                Uid = stamp.Uid,
                Title = title,
                CreatedTime = stamp.TimeMs,
                Types = [applied ? "Denial" : "Denial not applied"],
                Analytic = new Analytic { Uid = reason.Length == 0 ? source.Name : reason, Version = Absent(CleanText.From(source.Content, LongestLine, ref cut)) },
            },
            Evidences = Evidence(Process(denial.Actor, ref cut), file),
            Unmapped = new Unmapped
            {
                Sensor = source.Name,
                Generation = source.Generation,
                Event = $"ask/{denial.Ticket}{(denial.FromCache ? " (remembered)" : "")}",
                NotApplied = denial.NotApplied,
                DroppedBefore = stamp.DroppedBefore == 0 ? null : stamp.DroppedBefore,
                Truncated = cut ? true : null,
            },
        };
    }

    private DetectionFinding Stamped(FindingSource source, FindingStamp stamp, Severity severity)
    {
        bool cut = false;
        return new DetectionFinding
        {
            Time = stamp.TimeMs,
            SeverityId = (int)severity,
            Severity = severity.ToString(),
            IsAlert = false,
            ActionId = 0,
            DispositionId = 0,
            Metadata = new Metadata
            {
                Uid = stamp.Uid,
                Sequence = stamp.Sequence,
                LogName = "findings.jsonl",
                Product = new Product
                {
                    Name = "Ringwall",
                    VendorName = "Ringwall",
                    Version = machine.HostVersion,
                    Feature = new Feature
                    {
                        Name = source.Name,
                        Uid = Absent(CleanText.From(source.Vendor, LongestLine, ref cut)),
                        Version = Absent(CleanText.From(source.Engine, LongestLine, ref cut)),
                    },
                },
            },
            Device = new Device { Hostname = machine.Hostname, Os = new DeviceSystem { KernelRelease = machine.KernelRelease } },
            FindingInfo = new FindingDescription { Uid = stamp.Uid, Title = "" },
        };
    }

    private ProcessEntity? Process(ProcessRecord? actor, ref bool cut)
    {
        if (actor is null)
        {
            return null;
        }

        // The chain hangs together from its far end.
        ProcessEntity? parent = null;
        for (int i = Math.Min(actor.Ancestors.Count, AncestorsShown) - 1; i >= 0; i--)
        {
            parent = One(actor.Ancestors[i], parent, ref cut);
        }

        return One(actor, parent, ref cut);
    }

    private ProcessEntity One(ProcessRecord process, ProcessEntity? parent, ref bool cut)
    {
        string executable = CleanText.From(process.Executable, LongestText, ref cut);
        string commandLine = string.Join(' ', process.Arguments.Select(Quoted));
        cut |= process.ArgumentsCut;
        return new ProcessEntity
        {
            Pid = (int)process.Pid,
            Name = executable.Length == 0 ? null : System.IO.Path.GetFileName(executable),
            CmdLine = Absent(CleanText.From(commandLine, LongestCommandLine, ref cut)),
            CreatedTime = process.Start == 0 ? null : machine.BootTime + (long)(process.Start / 1_000_000),
            File = executable.Length == 0 ? null : new FileEntity { Name = System.IO.Path.GetFileName(executable), Path = executable, TypeId = 8 },
            User = new UserEntity { Uid = process.Uid.ToString() },
            WorkingDirectory = Absent(CleanText.From(process.WorkingDirectory, LongestText, ref cut)),
            ParentProcess = parent,
        };
    }

    private static FileEntity? File(ReadOnlySpan<byte> path, int typeId, ulong size, ref bool cut)
    {
        if (path.IsEmpty)
        {
            return null;
        }

        string clean = CleanText.From(path, LongestText, ref cut);
        string name = System.IO.Path.GetFileName(clean);
        return new FileEntity { Name = name.Length == 0 ? clean : name, Path = clean, TypeId = typeId, Size = size == 0 ? null : (long)size };
    }

    private static IReadOnlyList<Evidence> Evidence(ProcessEntity? process, FileEntity? file) =>
        process is null && file is null ? [] : [new Evidence { Process = process, File = file }];

    // Sigma writes ATT&CK as tags: attack.t1059.004 a sub-technique, attack.execution or attack.ta0002 a tactic.
    private static (List<Attack> Attacks, List<string> Others) Tags(IReadOnlyList<string> tags, ref bool cut)
    {
        List<Attack> attacks = [];
        List<string> others = [];
        foreach (string tag in tags)
        {
            string clean = CleanText.From(tag, LongestLine, ref cut);
            string name = clean.StartsWith("attack.", StringComparison.OrdinalIgnoreCase) ? clean["attack.".Length..] : "";
            if (name.Length > 1 && name[0] is 't' or 'T' && name.AsSpan(1).IndexOfAnyExceptInRange('0', '9') is -1 or 4)
            {
                string technique = name.ToUpperInvariant();
                attacks.Add(technique.Contains('.', StringComparison.Ordinal)
                    ? new Attack { Technique = new AttackName { Uid = technique.Split('.')[0] }, SubTechnique = new AttackName { Uid = technique } }
                    : new Attack { Technique = new AttackName { Uid = technique } });
            }
            else if (name.StartsWith("ta0", StringComparison.OrdinalIgnoreCase))
            {
                attacks.Add(new Attack { Tactic = new AttackName { Uid = name.ToUpperInvariant() } });
            }
            else
            {
                others.Add(clean);
            }
        }

        return (attacks, others);
    }

    // A command line that can be read back: an argument with a space or quote in it stands in quotes.
    private static string Quoted(string argument) => argument.Length > 0 && argument.AsSpan().IndexOfAny(NeedsQuotes) < 0
        ? argument
        : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string Known(string version)
    {
        bool cut = false;
        return version.Length == 0 ? "unknown" : CleanText.From(version, LongestLine, ref cut);
    }

    private static string? Absent(string text) => text.Length == 0 ? null : text;
}
