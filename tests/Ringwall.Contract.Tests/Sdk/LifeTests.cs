using Ringwall.Sdk.Testing;
using Ringwall.Sdk;
using static Ringwall.Contract.Tests.Sdk.Trials;

namespace Ringwall.Contract.Tests.Sdk;

/// <summary>How a sensor starts, stops, fails and is left alone.</summary>
public sealed class LifeTests : IDisposable
{
    private readonly string _good = Path.GetTempFileName();

    public LifeTests()
    {
        File.WriteAllText(_good, "nothing special");
    }

    public void Dispose()
    {
        File.Delete(_good);
    }

    [Fact]
    public void An_exception_from_OnStart_ends_the_sensor_with_1()
    {
        using SensorTrial trial = SensorTrial.Start(new Scripted { Start = () => throw new InvalidTimeZoneException("no rules") });
        Assert.Equal(1, trial.WaitExit());
        Assert.Contains("OnStart threw", trial.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_from_OnStop_ends_the_sensor_with_1()
    {
        using SensorTrial trial = SensorTrial.Start(new Scripted { Stop = () => throw new InvalidTimeZoneException("no disk") });
        Assert.Equal(1, trial.Stop());
        Assert.Contains("OnStop threw", trial.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Stop_lets_what_waits_finish_and_calls_OnStop_last()
    {
        List<string> calls = [];
        using ManualResetEventSlim gate = new();
        Scripted sensor = new()
        {
            Tell = tell =>
            {
                Assert.True(gate.Wait(Patience));
                calls.Add($"tell {tell.Sequence}");
            },
            Stop = () => calls.Add("stop"),
        };
        using SensorTrial trial = SensorTrial.Start(sensor, new SensorOptions { StopGrace = Long });
        trial.Tell(Started(1), Started(2), Started(3));
        trial.AskHealth();      // the batch is in the queue
        trial.Send(Message(new StopMessage(0).Write));
        gate.Set();
        Assert.Equal(0, trial.WaitExit());
        Assert.Equal(["tell 1", "tell 2", "tell 3", "stop"], calls);
    }

    [Fact]
    public void A_call_that_does_not_end_in_time_makes_stop_fail()
    {
        using ManualResetEventSlim gate = new();
        using ManualResetEventSlim inside = new();
        Scripted sensor = new()
        {
            Tell = _ =>
            {
                inside.Set();
                gate.Wait(Patience);
            },
            Stop = () => Assert.Fail("OnStop while a call runs"),
        };
        using SensorTrial trial = SensorTrial.Start(sensor, new SensorOptions { StopGrace = TimeSpan.FromMilliseconds(1) });
        trial.Tell(Started(1));
        Assert.True(inside.Wait(Patience));
        Assert.Equal(1, trial.Stop());
        Assert.Contains("still runs", trial.Errors, StringComparison.Ordinal);
        gate.Set();
    }

    [Theory, InlineData(0), InlineData(2)]
    public void A_host_that_goes_away_ends_the_sensor_with_0(int workers)
    {
        int stopped = 0;
        SensorTrial trial = SensorTrial.Start(new Scripted { Stop = () => stopped++ }, new SensorOptions { Workers = workers });
        trial.Judge(EventClass.Open, _good);
        trial.Dispose();
        Assert.Equal(0, trial.WaitExit());
        Assert.Equal(1, stopped);
        Assert.Equal("", trial.Errors);
    }

    [Fact]
    public void Findings_outside_of_a_run_and_empty_findings_are_refused()
    {
        Assert.Throws<InvalidOperationException>(() => new Scripted().Send(new Finding("r", "t", Severity.Low)));
        Assert.ThrowsAny<ArgumentException>(() => new Finding("", "t", Severity.Low));
        Assert.ThrowsAny<ArgumentException>(() => new Finding("r", "", Severity.Low));
        Assert.ThrowsAny<ArgumentException>(() => new Finding("r", "t", Severity.None));
        Assert.ThrowsAny<ArgumentException>(() => new Finding("r", "t", (Severity)7));
    }

    [Fact]
    public void A_malformed_message_from_the_host_ends_the_sensor_with_1()
    {
        byte[][] broken =
        [
            [1, 2, 3],
            [3, 0, 0, 0, 8, 0, 0, 0],
            [3, 0, 0, 0, 9, 0, 0, 0],
            [5, 0, 0, 0, 9, 0, 0, 0, 1],
            [5, 0, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
            [8, 0, 0, 0, 8, 0, 0, 0],
            [9, 0, 0, 0, 17, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 7],
        ];
        foreach (byte[] message in broken)
        {
            foreach (int workers in (int[])[0, 1])
            {
                using SensorTrial trial = SensorTrial.Start(new Scripted(), new SensorOptions { Workers = workers });
                trial.Send(message);
                Assert.True(trial.WaitExit() == 1, Convert.ToHexString(message));
                Assert.Contains("malformed", trial.Errors, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Only_a_welcome_that_the_sensor_can_speak_follows_hello()
    {
        foreach ((byte[] answer, string expected) in ((byte[], string)[])[
            (Message(new StopMessage(0).Write), "not a welcome"),
            (Message(new WelcomeMessage { HostVersion = "9", ProtocolVersion = 2 }.Write), "version 2"),
            ([], "closed")])
        {
            (SensorSocket host, SensorSocket end) = SensorSocket.CreatePair();
            using (host)
            using (end)
            {
                if (answer.Length > 0)
                {
                    host.TrySend(answer);
                }
                else
                {
                    host.Shutdown();
                }

                StringWriter errors = new();
                Assert.Equal(1, Sensor.Run(new Scripted { Start = () => Assert.Fail("started") }, new SensorOptions(), end, errors));
                Assert.Contains(expected, errors.ToString(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_sensor_that_describes_itself_wrongly_is_told_so()
    {
        (SensorSocket host, SensorSocket end) = SensorSocket.CreatePair();
        using (host)
        using (end)
        {
            StringWriter errors = new();
            Assert.Equal(1, Sensor.Run(new Scripted { Who = new SensorIdentity("Not A Name", "x", "1") }, new SensorOptions(), end, errors));
            Assert.Contains("Not A Name", errors.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        Assert.ThrowsAny<ArgumentException>(() => Run(new SensorOptions { Workers = -1 }));
        Assert.ThrowsAny<ArgumentException>(() => Run(new SensorOptions { WaitingAsks = 0 }));
        Assert.ThrowsAny<ArgumentException>(() => Run(new SensorOptions { TellQueueBytes = 1000 }));
    }

    [Fact]
    public void Without_a_host_Run_returns_2()
    {
        string? before = Environment.GetEnvironmentVariable(Protocol.SocketVariable);
        TextWriter console = Console.Error;
        StringWriter errors = new();
        try
        {
            Environment.SetEnvironmentVariable(Protocol.SocketVariable, null);
            Console.SetError(errors);
            Assert.Equal(2, Sensor.Run(new Scripted()));
        }
        finally
        {
            Console.SetError(console);
            Environment.SetEnvironmentVariable(Protocol.SocketVariable, before);
        }

        Assert.Contains("RINGWALL_SOCKET is not set", errors.ToString(), StringComparison.Ordinal);
    }

    private static void Run(SensorOptions options)
    {
        (SensorSocket host, SensorSocket end) = SensorSocket.CreatePair();
        using (host)
        using (end)
        {
            Sensor.Run(new Scripted(), options, end, TextWriter.Null);
        }
    }
}
