using System.Text.RegularExpressions;

namespace Ringwall.Contract.Tests.Document;

/// <summary>docs/protocol.md, read by machine: its field tables, what each event kind needs, and its examples.</summary>
internal sealed partial class ProtocolDocument
{
    private const string ExamplesHeading = "## 8. Examples";

    private ProtocolDocument(string text)
    {
        Text = text;
        string heading = "";
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith('#'))
            {
                heading = line;
            }

            string[] cells = [.. line.Split('|').Select(cell => cell.Trim())];
            if (heading.StartsWith("### ", StringComparison.Ordinal) && cells.Length > 4 && ushort.TryParse(cells[1], out ushort id))
            {
                string name = TableName(heading);
                if (cells.Length == 8)
                {
                    Tables.TryAdd(name, []);
                    Tables[name].Add(new FieldRow(id, cells[2], cells[3], cells[4], cells[5]));
                }
                else if (name == "Event")
                {
                    Needs[id] = [.. cells[3].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(ushort.Parse)];
                    KindNames[id] = cells[2];
                }
            }

            if (MessageHeading().Match(heading) is { Success: true } message)
            {
                Kinds[message.Groups[2].Value] = ushort.Parse(message.Groups[1].Value);
            }
        }
    }

    public static ProtocolDocument Instance { get; } = new(File.ReadAllText(Repository.Protocol));

    public string Text { get; }

    public Dictionary<string, List<FieldRow>> Tables { get; } = [];

    public Dictionary<string, ushort> Kinds { get; } = [];

    public Dictionary<ushort, ushort[]> Needs { get; } = [];

    public Dictionary<ushort, string> KindNames { get; } = [];

    /// <summary>Everything below the examples' introduction.</summary>
    public string Examples => Text[ExamplesStart..];

    private int ExamplesStart => Text.IndexOf("\n### ", Text.IndexOf(ExamplesHeading, StringComparison.Ordinal), StringComparison.Ordinal) is var at and > 0 ? at : Text.Length;

    /// <summary>The bytes of each example, read back from its dump.</summary>
    public Dictionary<string, byte[]> ReadExamples()
    {
        Dictionary<string, byte[]> examples = [];
        foreach (Match example in Example().Matches(Examples))
        {
            IEnumerable<string> bytes = example.Groups[2].Value.Split('\n').SelectMany(line => line.Split(';')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
            examples[example.Groups[1].Value] = [.. bytes.Select(b => Convert.ToByte(b, 16))];
        }

        return examples;
    }

    public void RewriteExamples(string examples) => File.WriteAllText(Repository.Protocol, Text[..ExamplesStart].TrimEnd('\n') + "\n" + examples);

    private static string TableName(string heading) =>
        MessageHeading().Match(heading) is { Success: true } message ? message.Groups[2].Value : heading[4..].Trim();

    [GeneratedRegex(@"^### (\d+) (\w+) \(")]
    private static partial Regex MessageHeading();

    [GeneratedRegex(@"\n### ([^\n]+)\n\n```\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
