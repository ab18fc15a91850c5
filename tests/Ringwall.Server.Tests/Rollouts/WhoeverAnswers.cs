namespace Ringwall.Server.Tests.Rollouts;

/// <summary>Sends a request to the replica that answered last, and to the next one when that cannot be reached, as agents do with their mirrors. Whatever is answered counts.</summary>
internal sealed class WhoeverAnswers(Func<IReadOnlyList<Uri>> servers) : DelegatingHandler(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(1), UseCookies = false, AllowAutoRedirect = false })
{
    private int _at;

    /// <summary>Clients need an address; this one is never connected to.</summary>
    public static Uri Anybody { get; } = new("http://whoever.invalid");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // A content can be sent again only when it is in memory.
        await (request.Content?.LoadIntoBufferAsync(cancellationToken) ?? Task.CompletedTask);
        string path = request.RequestUri!.PathAndQuery;
        for (int attempt = 1; ; attempt++)
        {
            IReadOnlyList<Uri> all = servers();
            request.RequestUri = new Uri(all[_at % all.Count], path);
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException)
            {
                // It refused, or did not answer in time; the next request goes elsewhere in any case.
                _at++;
                if (attempt >= all.Count || cancellationToken.IsCancellationRequested)
                {
                    throw;
                }
            }
        }
    }
}
