// Owns:    what was fetched of files that are asked for again, for the next conditional request.
// Threads: one at a time.
// Bounds:  no answer is read beyond what the caller can use; one that comes too slowly is given up (TransferPace).

using System.Net;
using System.Net.Http.Headers;
using Ringwall.Trust;

namespace Ringwall.Agent.Fetching;

/// <summary>Gets static files from one base address: a server, a mirror, a CDN.</summary>
internal sealed class StaticFiles(HttpClient http, Uri address, TimeProvider clock, TransferPace? pace = null)
{
    private const int RememberedBytes = 64 * 1024;
    private static readonly TimeSpan HeadersPatience = TimeSpan.FromSeconds(20);

    // Signed files are fetched whole before anything else goes on, so a pace alone would let a server hold up reports and halts with a large one.
    private static readonly TimeSpan SmallPatience = TimeSpan.FromMinutes(2);
    private readonly TransferPace _pace = pace ?? TransferPace.Default;
    private readonly Dictionary<string, (EntityTagHeaderValue Tag, byte[] Content)> _remembered = new(StringComparer.Ordinal);

    public Uri Address { get; } = address;

    /// <summary>The server's clock less ours, as the last answer's Date had it; null before.</summary>
    public TimeSpan? ClockBehind { get; private set; }

    /// <summary>What was fetched is not to be believed: the next time it is asked for whole, whatever tag it came with.</summary>
    public void Forget() => _remembered.Clear();

    /// <summary>A small file, whole.</summary>
    /// <param name="path">Below the address; escaped already.</param>
    /// <param name="mostBytes">What is longer is read one byte further, so that whoever checks it sees that.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>Null when the server has none.</returns>
    /// <exception cref="AgentException">The server cannot be reached, or failed.</exception>
    /// <exception cref="UpdateRejectedException">It came too slowly.</exception>
    public async Task<byte[]?> TryGetAsync(string path, long mostBytes, CancellationToken stop)
    {
        Uri from = new(Address, path);
        bool isKnown = _remembered.TryGetValue(path, out (EntityTagHeaderValue Tag, byte[] Content) known);
        using HttpRequestMessage request = new(HttpMethod.Get, from);
        if (isKnown)
        {
            request.Headers.IfNoneMatch.Add(known.Tag);
        }

        using HttpResponseMessage response = await SendAsync(request, stop).ConfigureAwait(false);
        if (isKnown && response.StatusCode == HttpStatusCode.NotModified)
        {
            return known.Content;
        }

        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.Gone)
        {
            return null;
        }

        RequireSuccess(response, from, HttpStatusCode.OK);
        using MemoryStream content = new();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(SmallPatience);
        try
        {
            await ReadAsync(response, from, mostBytes + 1, (piece, _) =>
            {
                content.Write(piece.Span);
                return ValueTask.CompletedTask;
            }, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new UpdateRejectedException(RejectionReason.TooSlow, $"{from}: {content.Length} bytes in {SmallPatience.TotalSeconds:F0} s");
        }

        byte[] whole = content.ToArray();
        _remembered.Remove(path);
        if (response.Headers.ETag is { } tag && whole.Length <= Math.Min(mostBytes, RememberedBytes))
        {
            _remembered[path] = (tag, whole);
        }

        return whole;
    }

    /// <summary>A large file, from some byte on.</summary>
    /// <param name="path">Below the address; escaped already.</param>
    /// <param name="have">So many bytes are there already.</param>
    /// <param name="length">So many it has in all; nothing is read beyond.</param>
    /// <param name="restart">The server sends all of it anew: what is there is dropped.</param>
    /// <param name="take">Takes each piece in order.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="AgentException">The server cannot be reached, failed, or broke off.</exception>
    /// <exception cref="UpdateRejectedException">It came too slowly, or is not to be had.</exception>
    public async Task GetFromAsync(
        string path, long have, long length, Action restart, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> take, CancellationToken stop)
    {
        Uri from = new(Address, path);
        using HttpRequestMessage request = new(HttpMethod.Get, from);
        if (have > 0)
        {
            request.Headers.Range = new RangeHeaderValue(have, length - 1);
        }

        using HttpResponseMessage response = await SendAsync(request, stop).ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.Gone)
        {
            throw new UpdateRejectedException(RejectionReason.Unavailable, $"{from} is not to be had");
        }

        bool goesOn = have > 0 && response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
        if (!goesOn)
        {
            RequireSuccess(response, from, HttpStatusCode.OK);
            restart();
            have = 0;
        }

        if (response.Content.Headers.ContentLength is { } says && says > length - have)
        {
            throw new UpdateRejectedException(RejectionReason.TooLong, $"{from}: {says} bytes are offered, and {length - have} expected");
        }

        await ReadAsync(response, from, length - have, take, stop).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken stop)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(HeadersPatience);
        try
        {
            HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            ClockBehind = response.Headers.Date is { } date ? date - clock.GetUtcNow() : ClockBehind;
            return response;
        }
        catch (Exception failed) when (Network.IsFailure(failed, stop))
        {
            throw new AgentException($"{request.RequestUri}: {Network.Words(failed)}", failed);
        }
    }

    private static void RequireSuccess(HttpResponseMessage response, Uri from, HttpStatusCode expected)
    {
        if (response.StatusCode != expected)
        {
            throw new AgentException($"{from}: the server answers {(int)response.StatusCode}") { RetryAfter = response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero };
        }
    }

    private async Task ReadAsync(HttpResponseMessage response, Uri from, long mostBytes, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> take, CancellationToken stop)
    {
        long begun = TimeProvider.System.GetTimestamp();     // bytes come in real time, whatever a device takes for the date
        long received = 0;
        byte[] piece = new byte[64 * 1024];
        try
        {
            using Stream body = await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
            while (received < mostBytes)
            {
                // The read goes on while the pace is looked at: a cancelled one would lose what it had.
                Task<int> reading = body.ReadAsync(piece.AsMemory(0, (int)Math.Min(piece.Length, mostBytes - received)), stop).AsTask();
                while (await Task.WhenAny(reading, Task.Delay(_pace.Grace / 4, stop)).ConfigureAwait(false) != reading)
                {
                    stop.ThrowIfCancellationRequested();
                    _pace.Require(received, TimeProvider.System.GetElapsedTime(begun), from.ToString());
                }

                int count = await reading.ConfigureAwait(false);
                if (count == 0)
                {
                    return;
                }

                received += count;
                await take(piece.AsMemory(0, count), stop).ConfigureAwait(false);
                _pace.Require(received, TimeProvider.System.GetElapsedTime(begun), from.ToString());
            }
        }
        catch (Exception failed) when (failed is HttpRequestException or HttpIOException || (failed is IOException && failed is not DiskException) || (failed is OperationCanceledException && !stop.IsCancellationRequested))
        {
            throw new AgentException($"{from}: broken off after {received} bytes: {Network.Words(failed)}", failed);
        }
    }
}
