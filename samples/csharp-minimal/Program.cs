using Ringwall.Contract;
using Ringwall.Sdk;

return Sensor.Run(new MarkerSensor());

internal sealed class MarkerSensor : Sensor
{
    public override SensorIdentity Identity { get; } = new("minimal", "Example", "1.0");

    public override AskKinds Asks => AskKinds.Exec | AskKinds.Open;

    protected override SensorVerdict OnAsk(in Ask ask)
    {
        Span<byte> head = stackalloc byte[4096];
        head = head[..ask.Read(head)];
        if (head.IndexOf("RINGWALL-SAMPLE-MARKER"u8) < 0)
        {
            return SensorVerdict.Allow(cacheable: true);
        }

        Report(new Finding("marker", "A file with the sample marker", Severity.High).About(in ask));
        return SensorVerdict.Deny("the file begins with the sample marker", cacheable: true);
    }
}
