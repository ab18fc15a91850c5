using System.Text;
using Ringwall.Agent.Reporting;
using Ringwall.Wire.Fleet;

namespace Ringwall.Agent.Tests;

public sealed class ReportQueueTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringwall-queue-").FullName;
    private long _at = 1_000_000;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private DeviceReport Report(string? harm = null, string boot = "b") => new()
    {
        Sequence = 0, At = _at++, Boot = boot, Cell = "c", Harms = harm is null ? [] : [new HarmReport { Measure = HarmMeasure.Crash, At = 1, Detail = harm }],
    };

    [Fact]
    public void Reports_come_back_after_a_death_in_order_and_under_the_same_numbers()
    {
        ReportQueue queue = ReportQueue.Open(_folder);
        queue.Add(Report("1"), 5, 0, 60_000);
        queue.Add(Report("2"), 7, 0, 60_000);
        long[] numbers = [.. queue.Next().Select(report => report.Sequence)];
        ReportQueue again = ReportQueue.Open(_folder);
        Assert.Equal((2, 7L), (again.Count, again.Facts));
        Assert.Equal(numbers, again.Next().Select(report => report.Sequence));
        again.Acknowledged(numbers[0]);
        Assert.Equal([numbers[1]], ReportQueue.Open(_folder).Next().Select(report => report.Sequence));
        again.Acknowledged(numbers[1]);

        // What was sent is remembered when nothing waits any more.
        ReportQueue empty = ReportQueue.Open(_folder);
        Assert.Equal((0, 7L), (empty.Count, empty.Facts));
        empty.Add(Report(), 7, 0, 60_000);
        Assert.True(empty.Next()[0].Sequence > numbers[1]);
    }

    [Theory]
    [InlineData("nothing is left")]
    [InlineData("the clock was set back")]
    [InlineData("the server knows more")]
    public void A_number_is_never_used_again(string what)
    {
        ReportQueue queue = ReportQueue.Open(_folder);
        queue.Add(Report(), 1, 0, 60_000);
        long highest = queue.Next()[0].Sequence;
        queue.Acknowledged(highest);
        switch (what)
        {
            case "nothing is left":
                Directory.Delete(Path.Combine(_folder, "reports"), recursive: true);
                queue = ReportQueue.Open(_folder);
                break;
            case "the clock was set back":
                _at = 10;
                break;
            case "the server knows more":
                highest = 5_000_000;
                queue.Acknowledged(highest);
                break;
        }

        queue.Add(Report(), 1, 0, 60_000);
        Assert.True(queue.Next()[0].Sequence > highest);
    }

    [Fact]
    public void When_there_is_no_room_what_went_wrong_stays_longest()
    {
        ReportQueue queue = ReportQueue.Open(_folder, most: 10);
        for (int i = 0; i < 30; i++)
        {
            queue.Add(Report(i % 10 == 0 ? $"{i}" : null), i, 0, 60_000);
        }

        Assert.Equal((10, 20L), (queue.Count, queue.Lost));
        Assert.Equal(["0", "10", "20"], queue.Next().SelectMany(report => report.Harms).Select(harm => harm.Detail));
        for (int i = 0; i < 30; i++)
        {
            queue.Add(Report($"later {i}"), i, 0, 60_000);
        }

        Assert.Equal((10, "later 29"), (queue.Count, queue.Next()[^1].Harms[0].Detail));
        Assert.Equal(50, ReportQueue.Open(_folder, most: 10).Lost);
    }

    [Fact]
    public void A_batch_has_no_more_than_the_server_takes()
    {
        ReportQueue queue = ReportQueue.Open(_folder);
        for (int i = 0; i < DeviceLimits.Reports + 20; i++)
        {
            queue.Add(Report(), i, 0, 60_000);
        }

        Assert.Equal(DeviceLimits.Reports, queue.Next().Count);
        queue.Acknowledged(long.MaxValue / 2);
        for (int i = 0; i < 4; i++)
        {
            queue.Add(Report(new string('x', 100_000)), i, 0, 60_000);
        }

        Assert.Equal(2, queue.Next().Count);
    }

    [Fact]
    public void Minutes_awake_add_up_whatever_they_are_cut_into()
    {
        ReportQueue queue = ReportQueue.Open(_folder);
        for (int i = 1; i <= 40; i++)
        {
            queue.Add(Report(), i, i * 45_000, 60_000);
            if (i % 7 == 0)
            {
                queue = ReportQueue.Open(_folder);
            }
        }

        Assert.Equal(30, queue.Next().Sum(report => report.AwakeMinutes), 1.0);

        // Another boot counts from its start.
        queue.Add(Report(boot: "another"), 41, 120_000, 60_000);
        Assert.Equal(2, queue.Next()[^1].AwakeMinutes);
    }

    [Fact]
    public void A_file_that_is_no_report_holds_up_none()
    {
        ReportQueue queue = ReportQueue.Open(_folder);
        queue.Add(Report("whole"), 1, 0, 60_000);
        File.WriteAllBytes(Path.Combine(_folder, "reports", "0000000000000000001.report.json"), Encoding.UTF8.GetBytes("{ half"));
        ReportQueue again = ReportQueue.Open(_folder);
        Assert.Equal("whole", Assert.Single(again.Next()).Harms[0].Detail);
    }
}
