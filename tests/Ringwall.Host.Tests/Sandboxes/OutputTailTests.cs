using System.Text;
using Ringwall.Host.Sandboxes;

namespace Ringwall.Host.Tests.Sandboxes;

public sealed class OutputTailTests
{
    private readonly OutputTail _tail = new();

    [Fact]
    public void Lines_are_put_together_from_pieces()
    {
        Add("on");
        Add("e\ntwo\nth");
        Assert.Equal(["one", "two"], _tail.Lines());
        Add("ree");
        _tail.Finish();
        Assert.Equal(["one", "two", "three"], _tail.Lines());
    }

    [Fact]
    public void Only_the_last_lines_are_kept_and_none_is_long()
    {
        Add(new string('x', 100_000) + "\n");
        Assert.Equal(OutputTail.LongestLine, Assert.Single(_tail.Lines()).Length);
        for (int i = 0; i < 1000; i++)
        {
            Add($"line {i}\n");
        }

        Assert.Equal(OutputTail.MostLines, _tail.Lines().Count);
        Assert.Equal("line 999", _tail.Lines()[^1]);
        Assert.Equal(1001, _tail.Written);
    }

    [Fact]
    public void What_could_move_a_terminal_is_taken_out()
    {
        Add("red \u001b[31m and \u202e back\n");
        Assert.DoesNotContain('\u001b', _tail.Lines()[0]);
        Assert.DoesNotContain('\u202e', _tail.Lines()[0]);
    }

    private void Add(string text) => _tail.Add(Encoding.UTF8.GetBytes(text));
}
