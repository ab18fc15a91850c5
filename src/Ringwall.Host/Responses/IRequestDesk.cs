namespace Ringwall.Host.Responses;

/// <summary>Takes what sensors request.</summary>
internal interface IRequestDesk
{
    /// <summary>Takes one request message. Any thread but the answering one; never waits. False: it makes no sense, which is a strike for the sensor.</summary>
    public bool Take(ResponseRequester from, ReadOnlySpan<byte> message);
}
