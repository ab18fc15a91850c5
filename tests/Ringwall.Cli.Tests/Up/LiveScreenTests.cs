using System.Text;
using Ringwall.Cli.Up;
using Ringwall.Cli.Up.Screen;
using Spectre.Console.Rendering;

namespace Ringwall.Cli.Tests.Up;

public sealed class LiveScreenTests
{
    [Theory]
    [InlineData(80, 23)]
    [InlineData(140, 39)]
    public void The_screen_is_as_accepted(int columns, int lines) => GoldenFile.Equals($"live-{columns}x{lines}.txt", Text(Busy(), columns, lines));

    [Fact]
    public void No_size_of_terminal_breaks_it()
    {
        UpHistory busy = Busy();
        int tried = 0;
        for (int columns = 20; columns <= 200; columns += 7)
        {
            for (int lines = 5; lines <= 60; lines += 5)
            {
                Block screen = LiveScreen.Compose(busy, columns, lines, Samples.Start);
                Assert.InRange(screen.Lines.Count, 1, lines);
                Assert.All(screen.Lines, line => Assert.Equal(columns, line.Segments().Sum(segment => segment.CellCount())));
                tried++;
            }
        }

        Assert.True(tried > 200, $"only {tried} sizes were tried");
    }

    [Fact]
    public void Wide_characters_do_not_push_the_frame()
    {
        UpHistory history = new();
        history.Add(Samples.Status());
        history.Add(Samples.Finding(title: "木馬を検出しました、ファイルは隔離されていません、確認してください", path: "/home/ユーザー/ダウンロード/請求書.exe"));
        Block screen = LiveScreen.Compose(history, 80, 23, Samples.Start);
        Assert.All(screen.Lines, line => Assert.Equal(80, line.Segments().Sum(segment => segment.CellCount())));
    }

    [Fact]
    public void The_thing_to_try_gives_way_to_the_denial_that_it_caused()
    {
        UpHistory history = new();
        history.Add(Samples.Status());
        Assert.Contains("EICAR", Text(history, 80, 23), StringComparison.Ordinal);
        history.Add(Samples.Finding(denied: true));
        string screen = Text(history, 80, 23);
        Assert.Contains("✔ yara stopped cat 77: /tmp/eicar.com", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("STANDARD-ANTIVIRUS", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_to_try_makes_the_test_file_but_is_not_it()
    {
        const string eicar = @"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
        string command = string.Join('\n', HarmlessTrial.Command);
        Assert.DoesNotContain(eicar, command, StringComparison.Ordinal);
        string[] quoted = command.Split('\'');
        Assert.Equal(eicar, quoted[3] + quoted[5]);
        Assert.All(HarmlessTrial.Command, line => Assert.True(line.Length <= 76, line));
    }

    [Fact]
    public void A_host_that_is_away_is_said_to_be()
    {
        UpHistory history = Busy();
        history.Add(status: null);
        Assert.Contains("host away", Text(history, 80, 23), StringComparison.Ordinal);
    }

    [Fact]
    public void Rates_come_from_two_statuses_of_the_same_host()
    {
        UpHistory history = new();
        history.Add(Samples.Status(seconds: 10));
        Assert.Equal(0, history.Rate(UpHistory.Asked));
        history.Add(Samples.Status(seconds: 12, scale: 2));
        Assert.Equal((4_210 + 81_000) / 2.0, history.Rate(UpHistory.Asked));
        history.Add(Samples.Status(seconds: 1) with { Pid = 4300 });
        Assert.Equal(0, history.Rate(UpHistory.Asked));
    }

    [Theory]
    [InlineData(80, 23)]
    [InlineData(140, 39)]
    public void Whoever_opens_it_sees_the_dashboard_a_whole_link_and_what_to_try(int columns, int lines)
    {
        string screen = Text(WithFleet(), columns, lines);
        Assert.Contains("http://127.0.0.1:7080/ ", screen, StringComparison.Ordinal);
        Assert.Contains($"{Link} ", screen, StringComparison.Ordinal);
        Assert.Contains("within 15 minutes", screen, StringComparison.Ordinal);
        Assert.Contains("./rw fleet --release bad", screen, StringComparison.Ordinal);
        Assert.Contains("EICAR", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_that_has_expired_gives_way_to_the_command_that_makes_another()
    {
        UpHistory history = WithFleet();
        Assert.Contains(Link, Text(history, 140, 39), StringComparison.Ordinal);
        string later = Text(history, 140, 39, Samples.Start.AddMinutes(15));
        Assert.DoesNotContain(Link, later, StringComparison.Ordinal);
        Assert.Contains("`./rw link` makes a link", later, StringComparison.Ordinal);
    }

    // As long as a real one.
    private const string Link = "http://127.0.0.1:7080/sign-in/link/0123456789012345678901234567890123456789abc";

    private static UpHistory WithFleet()
    {
        FleetSight fleet = new(new Uri("http://127.0.0.1:7080/"), new Uri(Link), Samples.Start.AddMinutes(15), "./rw link", [("./rw fleet --release bad", "an update that harms")]);
        UpHistory history = new() { Fleet = fleet };
        history.Add(Samples.Status());
        return history;
    }

    private static UpHistory Busy()
    {
        UpHistory history = new();
        for (int i = 1; i <= 20; i++)
        {
            history.Add(Samples.Status(seconds: i, scale: i * i));
        }

        history.Add(Samples.Finding(severity: 3));
        history.Add(Samples.Finding(title: "Execution denied: EICAR_test_file", denied: true));
        return history;
    }

    private static string Text(UpHistory history, int columns, int lines, DateTimeOffset? now = null)
    {
        StringBuilder text = new();
        foreach (Strip line in LiveScreen.Compose(history, columns, lines, now ?? Samples.Start).Lines)
        {
            text.AppendJoin("", line.Segments().Select(segment => segment.Text)).Append('\n');
        }

        return text.ToString();
    }
}
