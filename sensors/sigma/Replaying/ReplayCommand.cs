using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ringwall.Sensors.Sigma.Indexing;
using Ringwall.Sensors.Sigma.Language;
using Ringwall.Sensors.Sigma.Reading;

namespace Ringwall.Sensors.Sigma.Replaying;

/// <summary><c>replay</c>: holds recorded events against rules without a host, so that rule authors can try what they write.</summary>
internal static class ReplayCommand
{
    public const string Usage = "usage: ringwall-sensor-sigma replay --rules PATH [--rules PATH…] EVENTS.jsonl   (- reads standard input)";

    public static int Run(ReadOnlySpan<string> arguments, Stream standardInput, Stream output, TextWriter errors)
    {
        var rulePaths = new List<string>();
        string? eventFile = null;
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--rules" && i + 1 < arguments.Length)
            {
                rulePaths.Add(arguments[++i]);
            }
            else if (eventFile is null && (arguments[i] == "-" || !arguments[i].StartsWith('-')))
            {
                eventFile = arguments[i];
            }
            else
            {
                errors.WriteLine(arguments[i] == "--rules" ? "--rules needs a folder or a file" : $"'{arguments[i]}' was not expected");
                errors.WriteLine(Usage);
                return ExitCode.Usage;
            }
        }

        if (rulePaths.Count == 0 || eventFile is null)
        {
            errors.WriteLine(Usage);
            return ExitCode.Usage;
        }

        RulePack pack = RulePack.Load(rulePaths);
        foreach (RuleFault fault in pack.Faults)
        {
            errors.WriteLine(fault);
        }

        if (pack.Rules.Count == 0)
        {
            errors.WriteLine($"no rule was loaded from {string.Join(", ", rulePaths)}: {pack.Faults.Count} refused, {pack.NotApplicable} about other log sources");
            return ExitCode.Usage;
        }

        try
        {
            using Stream events = eventFile == "-" ? standardInput : File.OpenRead(eventFile);
            Replay(new RuleSet(pack.Rules), events, eventFile, output, errors);
            return ExitCode.Done;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"{eventFile}: cannot be replayed: {fault.Message}");
            return ExitCode.NotDone;
        }
    }

    /// <summary>
    /// One line of output for each line that is not blank, also for a line that is no event (which matches nothing and is named on
    /// <paramref name="errors"/>), so that the lines of input and output can be laid side by side.
    /// </summary>
    private static void Replay(RuleSet rules, Stream events, string eventFile, Stream output, TextWriter errors)
    {
        var evaluation = new Evaluation(rules);
        var subject = new JsonEvent(rules.Fields);
        var ids = new List<string>();
        using var reader = new StreamReader(events, new UTF8Encoding(false));
        using var buffered = new BufferedStream(output, 1 << 16);
        using var json = new Utf8JsonWriter(buffered, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        for (int number = 1; reader.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            if (!subject.TryRead(Encoding.UTF8.GetBytes(line), out string fault))
            {
                errors.WriteLine(new SourceLine(eventFile, number) + $": {fault}; it matches nothing");
            }

            ids.Clear();
            ids.AddRange(evaluation.Match(subject).Select(rule => rule.Id));
            ids.Sort(StringComparer.Ordinal);
            json.Reset();
            json.WriteStartArray();
            ids.ForEach(json.WriteStringValue);
            json.WriteEndArray();
            json.Flush();
            buffered.WriteByte((byte)'\n');
        }

        foreach (string expression in rules.GivenUp.Sources)
        {
            errors.WriteLine($"given up because it took too long, so rules that need it may be missing above: {expression}");
        }
    }
}
