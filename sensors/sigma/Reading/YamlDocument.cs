using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Ringwall.Sensors.Sigma.Reading;

/// <summary>
/// Builds nodes from the parser's events. The package's object mapper is not used: it works by reflection and forgets lines.
/// </summary>
internal sealed class YamlDocument
{
    private const int DeepestNesting = 64;

    /// <summary>Nodes a document may have when every alias is written out: an alias of an alias of an alias grows without end in a few lines.</summary>
    private const int MostNodes = 100_000;

    private readonly Parser _parser;
    private readonly int _linesBefore;
    private readonly int _lines;
    private readonly Dictionary<string, (YamlNode Node, int Size)> _anchors = [];
    private int _nodes;

    private YamlDocument(string text, int linesBefore)
    {
        _parser = new Parser(new StringReader(text));
        _linesBefore = linesBefore;
        _lines = text.AsSpan().Count('\n') + 1;
    }

    /// <summary>The root of the only document in the text, or null when there is none.</summary>
    /// <exception cref="RuleFaultException">It is not YAML, or too large, or uses what rules have no use for.</exception>
    public static YamlNode? Read(string text, int linesBefore)
    {
        var document = new YamlDocument(text, linesBefore);
        try
        {
            return document.ReadRoot();
        }
        catch (YamlException fault)
        {
            throw new RuleFaultException(RuleFaultReason.NotYaml, document.LineAt(fault.Start), $"not YAML: {fault.Message}");
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The scanner's own slips on some broken texts, for example a flow sequence that the end of the text cuts off.
            throw new RuleFaultException(RuleFaultReason.NotYaml, document.Line, $"not YAML: {fault.Message}");
        }
    }

    private YamlNode? ReadRoot()
    {
        Next();
        Require<StreamStart>();
        if (Next() is StreamEnd)
        {
            return null;
        }

        Require<DocumentStart>();
        Next();
        YamlNode root = ReadNode(0);
        Next();
        Require<DocumentEnd>();
        if (Next() is not StreamEnd)
        {
            throw Fault(RuleFaultReason.NotYaml, "a second document begins without '---'");
        }

        return root;
    }

    /// <summary>Reads the node whose first event is current, and leaves its last event current.</summary>
    private YamlNode ReadNode(int depth)
    {
        if (depth > DeepestNesting)
        {
            throw Fault(RuleFaultReason.TooLarge, $"nested deeper than {DeepestNesting} levels");
        }

        int before = _nodes;
        Count(1);
        switch (_parser.Current)
        {
            case AnchorAlias alias:
                if (!_anchors.TryGetValue(alias.Value.Value, out (YamlNode Node, int Size) known))
                {
                    throw Fault(RuleFaultReason.NotYaml, $"nothing is anchored as '{alias.Value.Value}'");
                }

                Count(known.Size);
                return known.Node;
            case Scalar scalar:
                return Anchor(scalar, new YamlScalar(Line, scalar.Value, scalar.Style is not ScalarStyle.Plain), before);
            case SequenceStart start:
                return Anchor(start, ReadSequence(depth), before);
            case MappingStart start:
                return Anchor(start, ReadMapping(depth), before);
            default:
                throw Fault(RuleFaultReason.NotYaml, "a value is missing here");
        }
    }

    private YamlSequence ReadSequence(int depth)
    {
        int line = Line;
        var items = new List<YamlNode>();
        while (Next() is not SequenceEnd)
        {
            items.Add(ReadNode(depth + 1));
        }

        return new YamlSequence(line, items);
    }

    private YamlMapping ReadMapping(int depth)
    {
        int line = Line;
        var entries = new List<YamlEntry>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (Next() is not MappingEnd)
        {
            int keyLine = Line;
            if (ReadNode(depth + 1) is not YamlScalar key)
            {
                throw new RuleFaultException(RuleFaultReason.WrongShape, keyLine, "a key of a map must be a single value");
            }

            if (!keys.Add(key.Text))
            {
                throw new RuleFaultException(RuleFaultReason.WrongShape, keyLine, $"the key '{key.Text}' occurs twice in one map");
            }

            Next();
            entries.Add(new YamlEntry(key.Text, keyLine, ReadNode(depth + 1)));
        }

        return new YamlMapping(line, entries);
    }

    private YamlNode Anchor(NodeEvent at, YamlNode node, int before)
    {
        if (!at.Anchor.IsEmpty)
        {
            _anchors[at.Anchor.Value] = (node, _nodes - before);
        }

        return node;
    }

    private void Count(int nodes)
    {
        _nodes += nodes;
        if (_nodes > MostNodes)
        {
            throw Fault(RuleFaultReason.TooLarge, $"more than {MostNodes} values in one document");
        }
    }

    private int Line => LineAt(_parser.Current?.Start ?? Mark.Empty);

    /// <summary>At its end the scanner is one line beyond the text, and for it some characters end a line that for an editor do not.</summary>
    private int LineAt(Mark mark) => Math.Clamp((int)mark.Line, 1, _lines) + _linesBefore;

    private ParsingEvent Next() =>
        _parser.MoveNext() && _parser.Current is { } current ? current : throw Fault(RuleFaultReason.NotYaml, "the text ends too early");

    private void Require<T>()
    {
        if (_parser.Current is not T)
        {
            throw Fault(RuleFaultReason.NotYaml, "a document was expected here");
        }
    }

    private RuleFaultException Fault(RuleFaultReason reason, string message) => new(reason, Line, message);
}
