namespace Ringwall.Host.Control;

/// <summary>How long the host waits for a client.</summary>
/// <param name="ForRequest">From the end of an answer to the next request.</param>
/// <param name="ForReading">Until the client has taken a line.</param>
internal sealed record ControlPatience(TimeSpan ForRequest, TimeSpan ForReading)
{
    public static ControlPatience Usual { get; } = new(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(10));
}
