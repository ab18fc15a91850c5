namespace Ringwall.Sdk.Running;

/// <summary>Something that a sensor says besides verdicts; encoded only when it goes out, because somebody may wait for a verdict.</summary>
internal interface IOutgoing
{
    /// <summary>Encodes the message and returns its length.</summary>
    public int Write(Span<byte> into);
}
