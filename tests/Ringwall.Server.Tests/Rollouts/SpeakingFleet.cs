using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Ringwall.Server.Enrolment;
using Ringwall.Server.Tests.Releases;
using Ringwall.Trust;
using Ringwall.Wire.Api;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Tests.Rollouts;

/// <summary>
/// Devices that go on reporting whatever happens to the servers: each to a replica of its own, and to the next one when that does not answer, with the same report until it is acknowledged. What they may
/// take they read from the signed files, as devices do.
/// </summary>
internal sealed class SpeakingFleet : IAsyncDisposable
{
    private const int ReportMinutes = 5;

    private static readonly TimeSpan Hurry = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);

    private readonly Func<IReadOnlyList<Uri>> _servers;
    private readonly TimeSpan _pace;
    private readonly CancellationTokenSource _end = new();
    private readonly AsyncLocal<(SpeakingDevice Device, long Sequence)?> _asking = new();
    private readonly HttpClient _http;
    private readonly HttpClient _files;
    private readonly List<SpeakingDevice> _devices = [];
    private readonly List<Task> _running = [];
    private volatile string _path = "";
    private volatile OperatorOrder? _order;
    private long _stored;
    private long _cut;
    private long _ended;
    private long _lost;
    private long _longest;

    public SpeakingFleet(Func<IReadOnlyList<Uri>> servers, TimeSpan pace)
    {
        _servers = servers;
        _pace = pace;

        // A client sends again by itself what a connection did not answer: that it had to is seen in the connection alone.
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(1),
            UseCookies = false,
            PlaintextStreamFilter = (made, _) => ValueTask.FromResult<Stream>(new AskedStream(made.PlaintextStream, () => _asking.Value, EndedAsync)),
        })
        {
            Timeout = TimeSpan.FromSeconds(3),
        };
        _files = new HttpClient(new WhoeverAnswers(servers)) { BaseAddress = WhoeverAnswers.Anybody, Timeout = TimeSpan.FromSeconds(5) };
    }

    public IReadOnlyList<SpeakingDevice> Devices => _devices;

    /// <summary>The release that devices look for.</summary>
    public string Path
    {
        get => _path;
        set => (_order, _path) = (null, value);
    }

    /// <summary>Problem types that devices were answered with; what is no problem by its status.</summary>
    public ConcurrentDictionary<string, long> Refusals { get; } = new();

    /// <summary>Whether devices report twice a second, and not only when they have to.</summary>
    public bool IsInAHurry { get; set; }

    /// <summary>Reports that were acknowledged.</summary>
    public long Stored => Interlocked.Read(ref _stored);

    /// <summary>Answers that had begun and broke off.</summary>
    public long Cut => Interlocked.Read(ref _cut);

    /// <summary>Connections that ended before an answer to what was sent through them.</summary>
    public long Ended => Interlocked.Read(ref _ended);

    /// <summary>Those of them of which <see cref="IsStoredAsync"/> says that the report was stored.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>The longest time from a report's first try to its acknowledgement, since the last call.</summary>
    public TimeSpan TakeLongest() => TimeSpan.FromTicks(Interlocked.Exchange(ref _longest, 0));

    /// <summary>Asked when a connection ended without an answer, before the report is sent again.</summary>
    public Func<SpeakingDevice, long, Task<bool>> IsStoredAsync { get; set; } = (_, _) => Task.FromResult(false);

    /// <summary>Enrols devices and has them report from now on.</summary>
    public async Task StartAsync(HttpClient @operator, SigningParty party, params (string Ring, int Count)[] rings)
    {
        foreach ((string ring, int count) in rings)
        {
            using HttpResponseMessage made = await @operator.PostAsJsonAsync("/api/v1/join-tokens", new JoinTokenWish(ring, null, count), TestContext.Current.CancellationToken);
            NewJoinToken token = (await made.Content.ReadFromJsonAsync<NewJoinToken>(TestContext.Current.CancellationToken))!;
            for (int i = 0; i < count; i++)
            {
                _devices.Add(await SpeakingDevice.EnrolAsync(@operator, token.Secret, ring, _pace));
            }
        }

        DateTimeOffset now = DateTimeOffset.UtcNow;

        // They outlive the test that starts them.
        using AsyncFlowControl apart = ExecutionContext.SuppressFlow();
        VerifyingDevice eyes = new(_files, party.FirstRoot(now, "vendors"), party.FirstRoot(now, "director"), () => DateTimeOffset.UtcNow);
        _running.Add(Task.Run(() => LookAsync(eyes)));
        _running.AddRange(_devices.Select((device, i) => Task.Run(() => SpeakAsync(device, i))));
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_running);
        _http.Dispose();
        _files.Dispose();
        _end.Dispose();
    }

    private async Task SpeakAsync(SpeakingDevice device, int number)
    {
        try
        {
            TimeSpan between = ReportMinutes * _pace;
            await Task.Delay(between * ((double)number / _devices.Count), _end.Token);
            for (int at = number; ; at = number)
            {
                DeviceReport report = device.Next(_path, _order);
                long began = Stopwatch.GetTimestamp();
                while (!await SendAsync(At(at), device, report))
                {
                    at++;
                    await Task.Delay(BetweenTries, _end.Token);
                }

                long took = Stopwatch.GetElapsedTime(began).Ticks;
                for (long longest = Interlocked.Read(ref _longest); took > longest && Interlocked.CompareExchange(ref _longest, took, longest) != longest; longest = Interlocked.Read(ref _longest))
                {
                }

                for (Stopwatch waited = Stopwatch.StartNew(); waited.Elapsed < (IsInAHurry ? Hurry : between) && !device.IsOffered(_path, _order);)
                {
                    await Task.Delay(BetweenTries, _end.Token);
                }
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
        }
    }

    private async Task LookAsync(VerifyingDevice eyes)
    {
        try
        {
            for (; ; await Task.Delay(BetweenLooks, _end.Token))
            {
                string path = _path;
                try
                {
                    OperatorOrder order = (await eyes.AgreeAsync(path)).Operator;
                    _order = path == _path ? order : null;
                }
                catch (Exception notNow) when (notNow is UpdateRejectedException or HttpRequestException or TaskCanceledException)
                {
                    // Nothing is offered yet, or nobody answers: what was believed stays.
                }
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
        }
    }

    private Uri At(int number)
    {
        IReadOnlyList<Uri> all = _servers();
        return all[number % all.Count];
    }

    private async Task<bool> SendAsync(Uri server, SpeakingDevice device, DeviceReport report)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(server, "/api/v1/device/reports")) { Content = JsonContent.Create(new ReportBatch([report]), FleetJson.Wire.ReportBatch) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", device.Token);
        _asking.Value = (device, report.Sequence);
        bool answered = false;
        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _end.Token);
            answered = true;
            byte[] body = await answer.Content.ReadAsByteArrayAsync(_end.Token);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                Interlocked.Increment(ref _stored);
                device.Acknowledged = JsonSerializer.Deserialize(body, FleetJson.Wire.ReportReply)!.Acknowledged;
                return true;
            }

            string type = JsonDocument.Parse(body).RootElement.GetProperty("type").GetString()!;
            string refusal = answer.Headers.RetryAfter is null ? $"{type} without Retry-After" : type;
            Refusals.AddOrUpdate(refusal, 1, (_, count) => count + 1);
            return false;
        }
        catch (HttpRequestException)
        {
            Interlocked.Add(ref _cut, answered ? 1 : 0);
            return false;
        }
        catch (TaskCanceledException) when (!_end.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task EndedAsync((SpeakingDevice Device, long Sequence) asked)
    {
        Interlocked.Increment(ref _ended);
        if (await IsStoredAsync(asked.Device, asked.Sequence))
        {
            Interlocked.Increment(ref _lost);
        }
    }
}
