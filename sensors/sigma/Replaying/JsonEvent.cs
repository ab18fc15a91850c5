using System.Text;
using System.Text.Json;
using Ringwall.Sensors.Sigma.Language;
using Ringwall.Sensors.Sigma.Matching;

namespace Ringwall.Sensors.Sigma.Replaying;

/// <summary>
/// An event written as a JSON object: <c>category</c>, and beside it fields by their Sigma names. Strings are taken as they are, numbers in their one
/// spelling (<see cref="NumberText"/>), true and false as those words, null as null.
/// </summary>
internal sealed class JsonEvent(FieldTable fields) : SigmaEvent
{
    private readonly Dictionary<string, FieldText> _byName = new(StringComparer.Ordinal);
    private readonly List<FieldText> _fields = [];
    private readonly Stack<FieldText> _spare = [];
    private SigmaCategory? _category;

    public override SigmaCategory? Category => _category;

    public override int FieldCount => _fields.Count;

    public override FieldText Field(int id) => _byName.GetValueOrDefault(fields.Names[id], FieldText.Missing);

    public override FieldText FieldAt(int index) => _fields[index];

    /// <summary>Replaces this event by the one on the line. After a fault the event has no category and no fields.</summary>
    public bool TryRead(ReadOnlySpan<byte> line, out string fault)
    {
        try
        {
            Clear();
            var reader = new Utf8JsonReader(line);
            fault = Read(ref reader);
        }
        catch (JsonException wrong)
        {
            fault = $"not JSON: {wrong.Message}";
        }
        catch (InvalidOperationException)
        {
            // The reader's answer to half of a surrogate pair, written as an escape.
            fault = "a text is not Unicode";
        }

        if (fault.Length > 0)
        {
            Clear();
        }

        return fault.Length == 0;
    }

    private void Clear()
    {
        _category = null;
        _byName.Clear();
        _fields.ForEach(_spare.Push);
        _fields.Clear();
    }

    private string Read(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return "not a JSON object";
        }

        string? category = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (name == "category")
            {
                category = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            }
            else if (!TryReadValue(ref reader, Add(name)))
            {
                return $"the field '{name}' is neither text, number, truth value nor null";
            }
        }

        // Reads on so that text after the object is found.
        reader.Read();
        if (category is null)
        {
            return "'category' is missing";
        }

        _category = SigmaCategories.TryParse(category, out SigmaCategory known) ? known : null;
        return "";
    }

    private FieldText Add(string name)
    {
        // As for most readers of JSON, the last of several values counts.
        if (!_byName.TryGetValue(name, out FieldText? field))
        {
            field = _spare.Count > 0 ? _spare.Pop() : new FieldText();
            _byName.Add(name, field);
            _fields.Add(field);
        }

        return field;
    }

    private static bool TryReadValue(ref Utf8JsonReader reader, FieldText into)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                into.SetText(reader.GetString());
                return true;
            case JsonTokenType.Number:
                string number = Encoding.ASCII.GetString(reader.ValueSpan);
                into.SetText(NumberText.TryParse(number, out decimal value) ? NumberText.Of(value) : number);
                return true;
            case JsonTokenType.True:
                into.SetText("true");
                return true;
            case JsonTokenType.False:
                into.SetText("false");
                return true;
            case JsonTokenType.Null:
                into.SetNull();
                return true;
            default:
                return false;
        }
    }
}
