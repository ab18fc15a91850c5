using Ringwall.Contract;
using Ringwall.Sdk;

namespace Ringwall.Bench.Sensor;

/// <summary>Decides nothing, so that what is measured is the way to a sensor and back. Counts what it is told.</summary>
internal sealed class BenchSensor(BenchSensorOptions options) : Ringwall.Sdk.Sensor
{
    private readonly byte[] _head = new byte[4096];
    private readonly TellCount _count = new();

    public override SensorIdentity Identity { get; } = new(options.Name, "Ringwall", "0.1.0");

    public override AskKinds Asks => options.Asks ? AskKinds.Exec | AskKinds.Open : AskKinds.None;

    public override TellKinds Tells => options.Tells ? TellKinds.Process | TellKinds.File : TellKinds.None;

    public override bool WantsDescriptor => options.Reads;

    protected override SensorVerdict OnAsk(in Ask ask)
    {
        if (options.Deny.Length > 0 && ask.PathBytes.EndsWith(options.Deny))
        {
            return SensorVerdict.Deny("for the bench");
        }

        if (options.Reads && ask.HasDescriptor)
        {
            _ = ask.Read(_head);
        }

        return SensorVerdict.Allow(options.Cacheable);
    }

    protected override void OnTellView(in TellReader tell)
    {
        if (_count.Take(in tell))
        {
            Report(new Finding("bench.counts", $"{options.Name}: {_count}", Severity.Informational));
        }
    }
}
