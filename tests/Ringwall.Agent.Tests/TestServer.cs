// Threads: one for each connection; what they share is under the lock.

using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ringwall.Wire.Fleet;

namespace Ringwall.Agent.Tests;

/// <summary>How the server misbehaves on one path.</summary>
internal enum Lie
{
    None,
    Missing,
    Fails,
    CutOff,
    Stalls,
    Trickles,
    Endless,
    Longer,
    Shorter,
    Garbage,
    IgnoresRange,
    Redirects,
    Slow,
}

/// <summary>A fleet's server in memory: static files, and the device's part of its interface. Written by hand, byte by byte, so that it can be wrong in every way.</summary>
internal sealed class TestServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();

    public TestServer(TestFleet fleet, TimeProvider clock)
    {
        Fleet = fleet;
        Clock = clock;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    public TestFleet Fleet { get; set; }

    public TimeProvider Clock { get; set; }

    /// <summary>What happens to paths that contain a text.</summary>
    public ConcurrentDictionary<string, Lie> Lies { get; } = new();

    /// <summary>Files in place of the fleet's: what was published once.</summary>
    public Dictionary<string, byte[]>? Old { get; set; }

    public bool IsDown { get; set; }

    /// <summary>How far its clock is from the device's that asks for sessions.</summary>
    public TimeSpan ClockAhead { get; set; }

    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Bytes of packages that were sent.</summary>
    public long Sent { get; private set; }

    public List<DeviceReport> Reports { get; } = [];

    /// <summary>The reports so far, while others come.</summary>
    public IReadOnlyList<DeviceReport> Told()
    {
        lock (_lock)
        {
            return [.. Reports];
        }
    }

    public string? PublicKey { get; private set; }

    public long PaceMilliseconds { get; set; } = 60_000;

    /// <summary>Seconds that it asks for when it fails.</summary>
    public long RetryAfter { get; set; } = 7;

    /// <summary>In place of what it has: numbers that make no sense.</summary>
    public long? Acknowledges { get; set; }

    public long? Until { get; set; }

    public long? Time { get; set; }

    /// <summary>It has taken the device out.</summary>
    public bool HasRetired { get; set; }

    public string Ring { get; set; } = "canary";

    /// <summary>The signed move, in base64.</summary>
    public string? Place { get; set; }

    public long EnrolledAt { get; set; } = 1_000_000;

    /// <summary>Called with each request, before and after it is answered.</summary>
    public Action<string, bool> Sees { get; set; } = (_, _) => { };

    /// <summary>Reports that the server cannot read.</summary>
    public Func<DeviceReport, bool> Unreadable { get; set; } = _ => false;

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync(_stop.Token);
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException or SocketException)
        {
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        using (NetworkStream stream = new(client))
        {
            try
            {
                (string method, string path, Dictionary<string, string> headers, byte[] body) = await ReadAsync(stream);
                if (IsDown)
                {
                    return;
                }

                Asked.Enqueue($"{method} {path} {headers.GetValueOrDefault("range")}".Trim());
                Sees(path, false);
                await (method == "POST" ? PostAsync(stream, path, headers, body) : GetAsync(stream, path, headers));
                Sees(path, true);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
            {
            }
        }
    }

    private static async Task<(string, string, Dictionary<string, string>, byte[])> ReadAsync(NetworkStream stream)
    {
        List<byte> head = [];
        byte[] one = new byte[1];
        while (head.Count < 4 || !head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            await stream.ReadExactlyAsync(one);
            head.Add(one[0]);
        }

        string[] lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] first = lines[0].Split(' ');
        Dictionary<string, string> headers = lines.Skip(1).Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[1].Trim());
        byte[] body = new byte[headers.TryGetValue("content-length", out string? length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body);
        return (first[0], first[1].TrimStart('/'), headers, body);
    }

    private async Task GetAsync(NetworkStream stream, string path, Dictionary<string, string> headers)
    {
        byte[]? file;
        Lie lie;
        lock (_lock)
        {
            file = (Old ?? Fleet.Files).GetValueOrDefault(Uri.UnescapeDataString(path));
            lie = Lies.FirstOrDefault(one => path.Contains(one.Key, StringComparison.Ordinal)).Value;
        }

        if (file is null || lie == Lie.Missing)
        {
            await SendAsync(stream, "404 Not Found", "", []);
            return;
        }

        string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(file))[..16]}\"";
        if (headers.GetValueOrDefault("if-none-match") == tag && lie == Lie.None)
        {
            await SendAsync(stream, "304 Not Modified", $"ETag: {tag}\r\n", []);
            return;
        }

        int from = 0;
        string status = "200 OK";
        string more = $"ETag: {tag}\r\n";
        if (headers.TryGetValue("range", out string? range) && lie != Lie.IgnoresRange)
        {
            from = int.Parse(range["bytes=".Length..].Split('-')[0], CultureInfo.InvariantCulture);
            (status, more) = ("206 Partial Content", $"{more}Content-Range: bytes {from}-{file.Length - 1}/{file.Length}\r\n");
        }

        byte[] part = file[from..];
        switch (lie)
        {
            case Lie.Fails: await SendAsync(stream, "503 Service Unavailable", $"Retry-After: {RetryAfter}\r\n", []); return;
            case Lie.Redirects: await SendAsync(stream, "302 Found", $"Location: {Address}elsewhere\r\n", []); return;
            case Lie.Garbage: part = RandomNumberGenerator.GetBytes(part.Length); break;
            case Lie.Longer: part = [.. part, 0]; break;
            case Lie.Shorter: part = part[..^1]; break;
        }

        int announced = lie == Lie.Endless ? int.MaxValue : part.Length;
        await HeadAsync(stream, status, $"{more}Content-Length: {announced}\r\n");
        switch (lie)
        {
            case Lie.CutOff:
                await WriteAsync(stream, part[..(part.Length / 2)], path);
                return;
            case Lie.Stalls:
                await WriteAsync(stream, part[..Math.Min(10, part.Length)], path);
                await Task.Delay(Timeout.Infinite, _stop.Token);
                return;
            case Lie.Trickles:
                foreach (byte one in part)
                {
                    await WriteAsync(stream, [one], path);
                    await Task.Delay(20, _stop.Token);
                }

                return;
            case Lie.Slow:
                for (int sent = 0; sent < part.Length; sent += 60)
                {
                    await WriteAsync(stream, part[sent..Math.Min(sent + 60, part.Length)], path);
                    await Task.Delay(100, _stop.Token);
                }

                return;
            case Lie.Endless:
                while (true)
                {
                    await WriteAsync(stream, new byte[64 * 1024], path);
                }

            default:
                await WriteAsync(stream, part, path);
                return;
        }
    }

    private async Task WriteAsync(NetworkStream stream, byte[] bytes, string path)
    {
        await stream.WriteAsync(bytes, _stop.Token);
        if (path.StartsWith("packages/", StringComparison.Ordinal))
        {
            Sent += bytes.Length;
        }
    }

    private async Task PostAsync(NetworkStream stream, string path, Dictionary<string, string> headers, byte[] body)
    {
        long now = (Clock.GetUtcNow() + ClockAhead).ToUnixTimeMilliseconds();
        switch (path)
        {
            case "api/v1/device/enrol":
                EnrolRequest enrol = JsonSerializer.Deserialize(body, FleetJson.Wire.EnrolRequest)!;
                if (enrol.JoinToken != "right" || !Proves(enrol.PublicKey, DeviceProof.Enrol(enrol.JoinToken, enrol.PublicKey), enrol.Proof))
                {
                    await ProblemAsync(stream, "403 Forbidden", DeviceProblem.TokenRefused, "");
                    return;
                }

                PublicKey = enrol.PublicKey;
                await JsonAsync(stream, new EnrolReply
                {
                    Device = DeviceIdentity.Of(Convert.FromBase64String(enrol.PublicKey)), Ring = Ring, PaceMilliseconds = PaceMilliseconds, ReportMinutes = 5, ServerTime = now,
                    Roots = new TrustedRoots(Convert.ToBase64String(Fleet.VendorsRoot), Convert.ToBase64String(Fleet.DirectorRoot)),
                }, FleetJson.Wire.EnrolReply);
                return;
            case "api/v1/device/session":
                SessionRequest session = JsonSerializer.Deserialize(body, FleetJson.Wire.SessionRequest)!;
                if (HasRetired)
                {
                    await ProblemAsync(stream, "403 Forbidden", DeviceProblem.NoSuchDevice, "");
                    return;
                }

                if (Math.Abs(session.At - now) > 300_000)
                {
                    await ProblemAsync(stream, "400 Bad Request", DeviceProblem.ClockOff, $",\"serverTime\":{now}");
                }
                else if (!Proves(PublicKey!, DeviceProof.Session(session.Device, session.At), session.Proof))
                {
                    await ProblemAsync(stream, "403 Forbidden", DeviceProblem.ProofRefused, "");
                }
                else
                {
                    await JsonAsync(stream, new SessionReply
                    {
                        Token = $"t{now}", Until = Until ?? now + 86_400_000, Ring = Ring, Place = Place, EnrolledAt = EnrolledAt, PaceMilliseconds = PaceMilliseconds, ReportMinutes = 5, ServerTime = Time ?? now,
                    }, FleetJson.Wire.SessionReply);
                }

                return;
            case "api/v1/device/reports":
                if (headers.GetValueOrDefault("authorization")?.StartsWith("Bearer t", StringComparison.Ordinal) != true)
                {
                    await ProblemAsync(stream, "401 Unauthorized", DeviceProblem.SessionOver, "");
                    return;
                }

                ReportBatch batch = JsonSerializer.Deserialize(body, FleetJson.Wire.ReportBatch)!;
                if (batch.Reports.Any(Unreadable))
                {
                    await ProblemAsync(stream, "400 Bad Request", DeviceProblem.BadRequest, "");
                    return;
                }

                long highest;
                lock (_lock)
                {
                    foreach (DeviceReport report in batch.Reports.Where(report => Reports.Count == 0 || report.Sequence > Reports[^1].Sequence))
                    {
                        Reports.Add(report);
                    }

                    highest = Reports[^1].Sequence;
                }

                await JsonAsync(stream, new ReportReply(Acknowledges ?? highest), FleetJson.Wire.ReportReply);
                return;
            default:
                await SendAsync(stream, "404 Not Found", "", []);
                return;
        }
    }

    private static bool Proves(string publicKey, byte[] text, string proof)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(publicKey), out _);
        return key.VerifyData(text, Convert.FromBase64String(proof), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private Task JsonAsync<T>(NetworkStream stream, T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        SendAsync(stream, "200 OK", "Content-Type: application/json\r\n", JsonSerializer.SerializeToUtf8Bytes(value, type));

    private Task ProblemAsync(NetworkStream stream, string status, string type, string more) =>
        SendAsync(stream, status, "Content-Type: application/problem+json\r\n", Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","title":"refused: {{type}}"{{more}}}"""));

    private async Task SendAsync(NetworkStream stream, string status, string headers, byte[] body)
    {
        await HeadAsync(stream, status, $"{headers}Content-Length: {body.Length}\r\n");
        await stream.WriteAsync(body, _stop.Token);
    }

    private Task HeadAsync(NetworkStream stream, string status, string headers) => stream.WriteAsync(Encoding.ASCII.GetBytes(
        $"HTTP/1.1 {status}\r\nDate: {(Clock.GetUtcNow() + ClockAhead).UtcDateTime:R}\r\n{headers}Connection: close\r\n\r\n"), _stop.Token).AsTask();
}
