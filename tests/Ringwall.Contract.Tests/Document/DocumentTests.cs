using System.Text;
using Ringwall.Contract.Tests.Wire;

namespace Ringwall.Contract.Tests.Document;

public sealed class DocumentTests
{
    private static readonly ProtocolDocument Page = ProtocolDocument.Instance;

    [Fact]
    public void The_examples_in_the_document_are_what_the_code_writes()
    {
        StringBuilder expected = new();
        foreach ((string title, string table, byte[] bytes) in Golden.All)
        {
            expected.Append($"\n### {title}\n\n```\n{(table == "Event" ? DumpWriter.Event(bytes) : DumpWriter.Message(table, bytes))}```\n");
        }

        // RINGWALL_ACCEPT=1 rewrites the examples; the difference is then for a person to judge.
        if (Environment.GetEnvironmentVariable("RINGWALL_ACCEPT") == "1")
        {
            Page.RewriteExamples(expected.ToString());
            return;
        }

        Dictionary<string, byte[]> examples = Page.ReadExamples();
        foreach ((string title, string _, byte[] bytes) in Golden.All)
        {
            Assert.True(examples.TryGetValue(title, out byte[]? written), $"the document has no example \"{title}\"");
            Assert.Equal(Convert.ToHexString(written), Convert.ToHexString(bytes));
        }

        Assert.Equal(Golden.All.Count, examples.Count);
        Assert.Equal(expected.ToString(), Page.Examples);
    }

    [Fact]
    public void The_examples_cover_every_message_every_event_kind_and_every_field()
    {
        HashSet<(string, ushort)> used = [];
        foreach ((string _, string table, byte[] bytes) in Golden.All)
        {
            Collect(table, table == "Event" ? bytes : bytes[8..], used);
        }

        // Arguments that were cut stand in no example: the example would be 32 KiB long.
        (string Table, ushort Id)[] missing = [.. Page.Tables.SelectMany(table => table.Value.Select(row => (table.Key, row.Id))).Where(field => !used.Contains(field))];
        Assert.Equal([("Process", (ushort)9)], missing);
        Assert.Equal(Page.Kinds.Keys.Order(), Golden.All.Select(example => example.Table).Where(table => table != "Event").Distinct().Order());
        Assert.Equal(9, Golden.All.Count(example => example.Table == "Event"));
    }

    [Fact]
    public void Kinds_and_limits_in_the_document_are_those_in_the_code()
    {
        foreach ((string name, ushort kind) in Page.Kinds)
        {
            Assert.Equal(name, ((MessageKind)kind).ToString());
        }

        Assert.Equal(Enum.GetValues<MessageKind>().Length - 1, Page.Kinds.Count);
        Assert.Equal(Enum.GetValues<TellEventKind>().Length - 1, Page.KindNames.Count);
        Assert.Contains($"**{Protocol.MaxMessageBytes:N0} bytes**", Page.Text, StringComparison.Ordinal);
        Assert.Contains($"at most {Protocol.MaxEventBytes:N0} bytes", Page.Text, StringComparison.Ordinal);
        Assert.Contains($"at most {Protocol.MaxArgumentsBytes:N0} bytes", Page.Text, StringComparison.Ordinal);
        Assert.Contains($"`{Protocol.SocketVariable}`", Page.Text, StringComparison.Ordinal);
        Assert.Contains($"The sensor protocol, version {Protocol.Version}\n", Page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_byte_in_an_example_would_be_noticed()
    {
        // Control: the comparison above reads the dump's bytes and not its comments.
        Dictionary<string, byte[]> examples = Page.ReadExamples();
        Assert.NotEmpty(examples);
        byte[] stop = examples["Stop"];
        stop[^1] ^= 1;
        Assert.NotEqual(Golden.All.Single(example => example.Title == "Stop").Bytes, stop);
        Assert.Equal(24, stop.Length);
    }

    private static void Collect(string table, ReadOnlySpan<byte> bytes, HashSet<(string Table, ushort Id)> used)
    {
        FieldReader fields = new(bytes);
        while (fields.Next(out ushort id))
        {
            used.Add((table, id));
            string type = Page.Tables[table].Single(row => row.Id == id).Type;
            if (type is "process" or "ancestor" or "event")
            {
                Collect(char.ToUpperInvariant(type[0]) + type[1..], fields.Value, used);
            }
        }

        Assert.False(fields.Malformed);
    }
}
