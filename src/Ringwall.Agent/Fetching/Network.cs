using System.Net.Security;

namespace Ringwall.Agent.Fetching;

/// <summary>How the agent reaches others.</summary>
internal static class Network
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);

    /// <summary>A client that follows no redirection, keeps no cookie, and asks no proxy's password.</summary>
    public static HttpClient NewClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = ConnectPatience,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        MaxConnectionsPerServer = 2,
        SslOptions = new SslClientAuthenticationOptions { CertificateRevocationCheckMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck },
    })
    {
        // Each request has bounds of its own.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>An address as a person gives it, with a slash at its end. Without TLS only on this machine: session tokens are secrets, and the time is the server's word.</summary>
    /// <exception cref="AgentException">It is none.</exception>
    public static Uri ReadAddress(string text)
    {
        if (!Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https") || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            throw new AgentException($"'{text}' is no address of a server; write https://HOST/");
        }

        return address.Scheme == "https" || address.IsLoopback ? address : throw new AgentException($"{text}: without TLS a server is believed on this machine alone; write https://");
    }

    /// <summary>Whether this is the network's or the server's failure, and not our own end.</summary>
    public static bool IsFailure(Exception failed, CancellationToken stop) =>
        failed is HttpRequestException or IOException || (failed is OperationCanceledException && !stop.IsCancellationRequested);

    public static string Words(Exception failed) => failed switch
    {
        OperationCanceledException => "no answer in time",
        HttpRequestException { InnerException: { } inner } => Printable(inner.Message.TrimEnd('.')),
        _ => Printable(failed.Message.TrimEnd('.')),
    };

    /// <summary>Foreign text, cut and made printable.</summary>
    public static string Printable(string text) => string.Concat(text.Take(240).Select(c => char.IsControl(c) ? '?' : c));
}
