namespace Ringwall.Server.Running;

/// <summary>Tells a person at a browser from a program.</summary>
internal static class Browsers
{
    /// <summary>Whether somebody waits for a page: browsers say so of what they were led to, and neither scripts nor programs do.</summary>
    public static bool WantsPage(this HttpRequest request) =>
        !request.Path.StartsWithSegments("/api") && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
}
