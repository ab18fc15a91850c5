using Ringwall.Sdk.Testing;
using Ringwall.Sdk;
using static Ringwall.Contract.Tests.Sdk.Trials;

namespace Ringwall.Contract.Tests.Sdk;

/// <summary>Health answers tell the truth about progress.</summary>
public sealed class HealthTests : IDisposable
{
    private readonly string _good = Path.GetTempFileName();

    public HealthTests()
    {
        File.WriteAllText(_good, "nothing special");
    }

    public void Dispose()
    {
        File.Delete(_good);
    }

    [Fact]
    public void A_health_question_that_meets_a_stuck_call_is_answered_when_the_call_has_ended()
    {
        using ManualResetEventSlim gate = new();
        using ManualResetEventSlim inside = new();
        Scripted sensor = new()
        {
            Tell = _ =>
            {
                inside.Set();
                Assert.True(gate.Wait(Patience));
            },
        };
        using SensorTrial trial = SensorTrial.Start(sensor, new SensorOptions { StuckAfter = TimeSpan.FromTicks(1) });
        trial.Tell(Started(1));
        Assert.True(inside.Wait(Patience));
        trial.Send(Message(new HealthAskMessage(1).Write));
        trial.Send(Message(new HealthAskMessage(2).Write));

        // The same thread answers all in order, so a verdict without a health answer before it proves the silence.
        Assert.Equal(Verdict.Allow, trial.Judge(EventClass.Open, _good).Verdict);
        Assert.False(trial.Has(MessageKind.Health));
        gate.Set();
        Assert.True(HealthMessage.TryRead(trial.Receive(MessageKind.Health), out HealthMessage health));
        Assert.Equal((2UL, 1UL), (health.Token, health.TellsHandled));
        Until(() => trial.AskHealth().BusyNanoseconds == 0);
        Assert.False(trial.Has(MessageKind.Health));
    }

    [Fact]
    public void A_stuck_worker_is_a_stuck_sensor()
    {
        using ManualResetEventSlim gate = new();
        using ManualResetEventSlim inside = new();
        Scripted sensor = new()
        {
            Ask = (in Ask _) =>
            {
                inside.Set();
                Assert.True(gate.Wait(Patience));
                return SensorVerdict.Allow();
            },
        };
        using SensorTrial trial = SensorTrial.Start(sensor, new SensorOptions { Workers = 1, StuckAfter = TimeSpan.FromTicks(1) });
        trial.SendAsk(EventClass.Open, _good, Long);
        Assert.True(inside.Wait(Patience));
        trial.Send(Message(new HealthAskMessage(7).Write));
        gate.Set();
        Assert.Equal(Verdict.Allow, trial.WaitVerdict().Verdict);
        Assert.True(HealthMessage.TryRead(trial.Receive(MessageKind.Health), out HealthMessage health));
        Assert.Equal(7UL, health.Token);
    }

    [Fact]
    public void Health_says_how_long_a_call_has_been_running_what_waits_and_the_sensors_note()
    {
        using ManualResetEventSlim gate = new();
        using ManualResetEventSlim inside = new();
        Scripted sensor = new()
        {
            Tell = _ =>
            {
                inside.Set();
                Assert.True(gate.Wait(Patience));
            },
        };
        sensor.Say(new string('ü', 200));
        using SensorTrial trial = SensorTrial.Start(sensor, new SensorOptions { StuckAfter = Long });
        trial.Tell(Started(1), Started(2), Started(3));
        Assert.True(inside.Wait(Patience));
        HealthMessage health = trial.AskHealth();
        Assert.True(health.BusyNanoseconds > 0);
        Assert.Equal(2U, health.QueueLength);
        Assert.Equal(new string('ü', 128), health.Note);
        gate.Set();
        Until(() => trial.AskHealth() is { TellsHandled: 3, QueueLength: 0, BusyNanoseconds: 0 });
    }
}
