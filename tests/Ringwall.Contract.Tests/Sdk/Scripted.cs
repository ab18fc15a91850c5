using Ringwall.Sdk;

namespace Ringwall.Contract.Tests.Sdk;

internal delegate SensorVerdict AskScript(in Ask ask);

/// <summary>A sensor that does what a test says.</summary>
internal sealed class Scripted : Sensor
{
    private int _inside;

    public AskScript Ask { get; init; } = (in Ask _) => SensorVerdict.Allow();

    public Action<TellEvent> Tell { get; init; } = _ => { };

    public Action Start { get; init; } = () => { };

    public Action Stop { get; init; } = () => { };

    public Action<OutcomeMessage> Outcome { get; init; } = _ => { };

    public bool WithDescriptor { get; init; } = true;

    public SensorIdentity Who { get; init; } = new("scripted", "Tests", "1.0");

    /// <summary>How many calls were running at once, at most.</summary>
    public int MostInside { get; private set; }

    public override SensorIdentity Identity => Who;

    public override AskKinds Asks => AskKinds.Exec | AskKinds.Open;

    public override TellKinds Tells => TellKinds.Process | TellKinds.File;

    public override bool WantsDescriptor => WithDescriptor;

    public void Say(string note) => Note = note;

    public void Send(Finding finding) => Report(finding);

    public ulong Want(ResponseRequest request) => Request(request);

    protected internal override void OnStart(WelcomeMessage welcome) => Start();

    protected internal override SensorVerdict OnAsk(in Ask ask)
    {
        MostInside = Math.Max(MostInside, Interlocked.Increment(ref _inside));
        SensorVerdict verdict = Ask(in ask);
        Interlocked.Decrement(ref _inside);
        return verdict;
    }

    protected internal override void OnTell(TellEvent tell) => Tell(tell);

    protected internal override void OnOutcome(OutcomeMessage outcome) => Outcome(outcome);

    protected internal override void OnStop() => Stop();
}
