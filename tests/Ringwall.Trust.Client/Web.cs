using System.Diagnostics;
using System.Net;

namespace Ringwall.Trust.Client;

/// <summary>Fetches files, no more of them than was agreed and no slower.</summary>
internal sealed class Web(TransferPace pace) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(2) };

    /// <summary>The file, or null if it is not to be had.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="mostBytes">One more is read, so that whoever checks sees that there was more.</param>
    /// <exception cref="UpdateRejectedException">Too slow.</exception>
    /// <exception cref="HttpRequestException">The server has another trouble.</exception>
    public byte[]? Fetch(Uri address, long mostBytes)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, address);
        using HttpResponseMessage response = _http.Send(request, HttpCompletionOption.ResponseHeadersRead);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        Stopwatch watch = Stopwatch.StartNew();
        using Stream from = response.Content.ReadAsStream();
        using MemoryStream to = new();
        byte[] piece = new byte[16_384];
        while (to.Length <= mostBytes && from.Read(piece, 0, (int)Math.Min(piece.Length, mostBytes + 1 - to.Length)) is > 0 and int read)
        {
            to.Write(piece, 0, read);
            pace.Require(to.Length, watch.Elapsed, address.ToString());
        }

        return to.ToArray();
    }

    public void Dispose() => _http.Dispose();
}
