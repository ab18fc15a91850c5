using Ringwall.Sdk;
using Ringwall.Sdk.Testing;
using static Ringwall.Contract.Tests.Sdk.Trials;

namespace Ringwall.Contract.Tests.Sdk;

/// <summary>What a sensor requests, and what it hears of it.</summary>
public sealed class RequestTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory, InlineData(0), InlineData(2)]
    public void A_request_about_an_ask_follows_its_verdict_and_names_the_ask_and_its_file(int workers)
    {
        Scripted? sensor = null;
        ulong number = 0;
        sensor = new Scripted
        {
            Ask = (in Ask ask) =>
            {
                number = sensor!.Want(ResponseRequest.Quarantine(in ask, "bad"));
                return SensorVerdict.Deny("bad");
            },
        };
        using SensorTrial trial = SensorTrial.Start(sensor, new SensorOptions { Workers = workers });
        ulong ticket = trial.SendAsk(EventClass.Open, _file, Long);
        Assert.Equal(MessageKind.Verdict, Kind(trial.Receive()));
        RequestMessage request = trial.WaitRequest();
        Assert.Equal((number, ResponseKind.Quarantine, ticket, "bad"), (request.Number, request.Kind, request.Ticket, request.Reason));
        Assert.Equal(_file, System.Text.Encoding.UTF8.GetString(request.Path.Span));
    }

    [Fact]
    public void Requests_are_numbered_and_each_hears_of_its_outcome()
    {
        List<OutcomeMessage> heard = [];
        Scripted sensor = new()
        {
            Outcome = outcome =>
            {
                lock (heard)
                {
                    heard.Add(outcome);
                }
            },
        };
        using SensorTrial trial = SensorTrial.Start(sensor);
        trial.AskHealth();      // it runs
        Assert.Equal(1UL, sensor.Want(ResponseRequest.Kill(12, 34, "why")));
        Assert.Equal(2UL, sensor.Want(ResponseRequest.Block("/tmp/a"u8, 5, 6, "why")));
        Assert.Equal(3UL, sensor.Want(ResponseRequest.Isolate(new string('r', 4000))));
        RequestMessage kill = trial.WaitRequest();
        Assert.Equal((1UL, ResponseKind.Kill, 12U, 34UL), (kill.Number, kill.Kind, kill.Pid, kill.Start));
        RequestMessage block = trial.WaitRequest();
        Assert.Equal((2UL, ResponseKind.Block, 5UL, 6UL), (block.Number, block.Kind, block.Device, block.Inode));
        Assert.Equal("/tmp/a"u8, block.Path.Span);
        RequestMessage isolate = trial.WaitRequest();
        Assert.Equal((3UL, ResponseKind.Isolate, Protocol.MaxReasonBytes), (isolate.Number, isolate.Kind, isolate.Reason.Length));
        trial.Answer(block, ResponseOutcome.Refused, "protected");
        trial.Answer(kill, ResponseOutcome.Done);
        Until(() =>
        {
            lock (heard)
            {
                return heard.Count == 2;
            }
        });
        Assert.Equal([new OutcomeMessage { Number = 2, Outcome = ResponseOutcome.Refused, Reason = "protected" }, new OutcomeMessage { Number = 1, Outcome = ResponseOutcome.Done }], heard);
    }

    [Fact]
    public void A_request_is_sent_once_and_only_while_the_sensor_runs()
    {
        Assert.Throws<InvalidOperationException>(() => new Scripted().Want(ResponseRequest.Isolate("")));
        Assert.ThrowsAny<ArgumentException>(() => ResponseRequest.Quarantine(""u8, 1, 2, "no path"));
        Assert.ThrowsAny<ArgumentException>(() => ResponseRequest.Block(new byte[Protocol.MaxPathBytes + 1], 1, 2, "too long"));
        Scripted sensor = new();
        using SensorTrial trial = SensorTrial.Start(sensor);
        trial.AskHealth();
        ResponseRequest request = ResponseRequest.Isolate("once");
        Assert.Equal(1UL, sensor.Want(request));
        Assert.Throws<ArgumentException>(() => sensor.Want(request));
    }

    [Fact]
    public void An_exception_from_OnOutcome_ends_the_sensor_with_1()
    {
        Scripted sensor = new() { Outcome = _ => throw new InvalidTimeZoneException("not that") };
        using SensorTrial trial = SensorTrial.Start(sensor);
        trial.AskHealth();
        sensor.Want(ResponseRequest.Isolate(""));
        trial.Answer(trial.WaitRequest(), ResponseOutcome.Failed, "error");
        Assert.Equal(1, trial.WaitExit());
        Assert.Contains("OnOutcome threw", trial.Errors, StringComparison.Ordinal);
    }
}
