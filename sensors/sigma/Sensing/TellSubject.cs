using System.Buffers.Binary;
using System.Net;
using System.Text;
using Ringwall.Contract;
using Ringwall.Sensors.Sigma.Indexing;
using Ringwall.Sensors.Sigma.Language;
using Ringwall.Sensors.Sigma.Matching;

namespace Ringwall.Sensors.Sigma.Sensing;

/// <summary>
/// A tell event as rules see it. Only the fields that some rule of the event's category asks for are made into text. Buffers are kept, so nothing is
/// allocated once they are large enough.
/// </summary>
internal sealed class TellSubject : SigmaEvent
{
    private static readonly TellField[] AllFields = Enum.GetValues<TellField>();

    private readonly CommandLines _commandLines;
    private readonly FieldText[] _values = [.. AllFields.Select(_ => new FieldText())];
    private readonly int[] _fieldOfId;
    private readonly uint[] _wantedBy = new uint[SigmaCategories.Count];
    private readonly List<FieldText> _present = [];
    private SigmaCategory? _category;

    public TellSubject(RuleSet rules, CommandLines commandLines)
    {
        _commandLines = commandLines;
        _fieldOfId = [.. rules.Fields.Names.Select(name => Array.FindIndex(AllFields, field => field.ToString() == name))];
        for (int i = 0; i < _wantedBy.Length; i++)
        {
            _wantedBy[i] = Wanted(rules[(SigmaCategory)i].Rules);
        }
    }

    /// <summary>Some rule asks for a parent's command line, so they must be remembered.</summary>
    public bool WantsParentCommandLine => Array.Exists(_wantedBy, wanted => Has(wanted, TellField.ParentCommandLine));

    public override SigmaCategory? Category => _category;

    public override int FieldCount => _present.Count;

    public override FieldText Field(int id) => _fieldOfId[id] < 0 ? FieldText.Missing : _values[_fieldOfId[id]];

    public override FieldText FieldAt(int index) => _present[index];

    /// <summary>Replaces this event by that one. False: no rule is about events of its kind.</summary>
    public bool TryTake(in TellReader tell)
    {
        _category = CategoryOf(tell.Kind);
        _present.Clear();
        if (_category is not { } category || _wantedBy[(int)category] == 0)
        {
            return false;
        }

        Array.ForEach(_values, value => value.SetAbsent());
        uint wanted = _wantedBy[(int)category];
        TakeActor(in tell.Actor, wanted);
        switch (category)
        {
            case SigmaCategory.FileEvent:
                Take(TellField.TargetFilename, wanted, tell.Kind == TellEventKind.FileRenamed ? tell.NewPath : tell.Path);
                break;
            case SigmaCategory.NetworkConnection:
                TakeConnection(in tell, wanted);
                break;
        }

        return true;
    }

    private static SigmaCategory? CategoryOf(TellEventKind kind) => kind switch
    {
        TellEventKind.ProcessStart => SigmaCategory.ProcessCreation,
        TellEventKind.FileCreated or TellEventKind.FileWritten or TellEventKind.FileRenamed => SigmaCategory.FileEvent,
        TellEventKind.Connect => SigmaCategory.NetworkConnection,
        _ => null,
    };

    private void TakeActor(in ProcessView actor, uint wanted)
    {
        if (actor.IsNone)
        {
            return;
        }

        Take(TellField.Image, wanted, actor.Executable);
        Take(TellField.CurrentDirectory, wanted, actor.WorkingDirectory);
        Take(TellField.ProcessId, wanted, actor.Pid);
        Take(TellField.ParentProcessId, wanted, actor.ParentPid);
        if (Has(wanted, TellField.CommandLine))
        {
            TakeArguments(in actor);
        }

        if (Has(wanted, TellField.User))
        {
            FieldText user = Add(TellField.User);
            if (actor.Uid == 0)
            {
                user.SetText("root");
            }
            else
            {
                // Names of other users are in /etc/passwd, which a sensor cannot see.
                user.SetText();
                user.AppendNumber(actor.Uid);
            }
        }

        foreach (ProcessView parent in actor.Ancestors)
        {
            Take(TellField.ParentImage, wanted, parent.Executable);
            break;
        }

        if (Has(wanted, TellField.ParentCommandLine))
        {
            Take(TellField.ParentCommandLine, wanted, _commandLines.Of(actor.ParentPid, actor.ParentStart));
        }
    }

    private void TakeArguments(in ProcessView actor)
    {
        FieldText? line = null;
        foreach (ReadOnlySpan<byte> argument in actor.Arguments)
        {
            if (line is null)
            {
                line = Add(TellField.CommandLine);
                line.SetText();
            }
            else
            {
                line.Append(' ');
            }

            line.AppendUtf8(argument);
        }
    }

    private void TakeConnection(in TellReader tell, uint wanted)
    {
        if (Has(wanted, TellField.DestinationIp))
        {
            AppendAddress(Add(TellField.DestinationIp), tell.Address);
        }

        Take(TellField.DestinationPort, wanted, tell.Port);
        if (Has(wanted, TellField.Initiated))
        {
            Add(TellField.Initiated).SetText("true");
        }

        if (Has(wanted, TellField.Protocol) && tell.Transport is 6 or 17)
        {
            Add(TellField.Protocol).SetText(tell.Transport == 6 ? "tcp" : "udp");
        }
    }

    private static void AppendAddress(FieldText into, ReadOnlySpan<byte> address)
    {
        // A program that connects an IPv6 socket to ::ffff:a.b.c.d reaches the IPv4 address, and rules are written for that.
        ReadOnlySpan<byte> mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];
        if (address.Length == 16 && address.StartsWith(mapped))
        {
            address = address[mapped.Length..];
        }

        into.SetText();
        if (address.Length == 4)
        {
            for (int i = 0; i < address.Length; i++)
            {
                if (i > 0)
                {
                    into.Append('.');
                }

                into.AppendNumber(address[i]);
            }
        }
        else
        {
            into.Append(new IPAddress(address).ToString());
        }
    }

    private void Take(TellField field, uint wanted, ReadOnlySpan<byte> text)
    {
        if (Has(wanted, field) && !text.IsEmpty)
        {
            Add(field).SetUtf8(text);
        }
    }

    private void Take(TellField field, uint wanted, ulong number)
    {
        if (Has(wanted, field) && number != 0)
        {
            FieldText value = Add(field);
            value.SetText();
            value.AppendNumber(number);
        }
    }

    private FieldText Add(TellField field)
    {
        FieldText value = _values[(int)field];
        _present.Add(value);
        return value;
    }

    private static bool Has(uint wanted, TellField field) => (wanted & (1u << (int)field)) != 0;

    /// <summary>A bit per field; all of them as soon as there is a keyword, which may stand in any.</summary>
    private static uint Wanted(IEnumerable<SigmaRule> rules)
    {
        uint wanted = 0;
        foreach (string? name in rules.SelectMany(rule => FieldsOf(rule.Expression)))
        {
            int field = Array.FindIndex(AllFields, known => known.ToString() == name);
            wanted |= name is null ? uint.MaxValue : field < 0 ? 0 : 1u << field;
        }

        // Rules that ask for nothing that can be had are still asked: "null" and "not" hold for what is absent.
        return rules.Any() ? wanted | (1u << (int)TellField.Image) : 0;
    }

    private static IEnumerable<string?> FieldsOf(Expression expression) => expression switch
    {
        Expression.All all => all.Parts.SelectMany(FieldsOf),
        Expression.Any any => any.Parts.SelectMany(FieldsOf),
        Expression.Not not => FieldsOf(not.Part),
        Expression.Test { Field: { } field, Criterion: Criterion.SameAs same } => [field, same.OtherField],
        Expression.Test test => [test.Field],
        _ => [],
    };
}
