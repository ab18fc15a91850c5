using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Ringwall.Rollouts;
using Ringwall.Trust;
using Ringwall.Wire.Fleet;
using Ringwall.Wire.Probation;

namespace Ringwall.Server.Tests.Rollouts;

/// <summary>A device that speaks to whichever replica answers: it takes a release as soon as it is let in, and reports that it runs well.</summary>
internal sealed class SpeakingDevice
{
    private static readonly MachineCell Machine = new("debian 12", "6.1.0-28-amd64", "x64", [new CellSensor("yara", "1", "1")]);

    private readonly string _id;
    private readonly string _token;
    private readonly string _ring;
    private readonly TimeSpan _pace;
    private readonly DateTimeOffset _began = DateTimeOffset.UtcNow;
    private long _sequence;
    private long _since;
    private int _awake;

    private SpeakingDevice(string id, string token, string ring, TimeSpan pace)
    {
        _id = id;
        _token = token;
        _ring = ring;
        _pace = pace;
    }

    public static async Task<SpeakingDevice> EnrolAsync(HttpClient server, string joinToken, string ring, TimeSpan pace)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] shown = key.ExportSubjectPublicKeyInfo();
        string publicKey = Convert.ToBase64String(shown);
        string id = DeviceIdentity.Of(shown);
        using HttpResponseMessage enrolled = await server.PostAsync("/api/v1/device/enrol", JsonContent.Create(
            new EnrolRequest { JoinToken = joinToken, PublicKey = publicKey, Proof = Signed(key, DeviceProof.Enrol(joinToken, publicKey)), Name = $"machine {id[..6]}", Cell = Machine, Host = "0.1.0" },
            FleetJson.Wire.EnrolRequest), TestContext.Current.CancellationToken);
        Assert.True(enrolled.IsSuccessStatusCode, await enrolled.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        long at = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        using HttpResponseMessage session = await server.PostAsync(
            "/api/v1/device/session", JsonContent.Create(new SessionRequest(id, at, Signed(key, DeviceProof.Session(id, at))), FleetJson.Wire.SessionRequest), TestContext.Current.CancellationToken);
        Assert.True(session.IsSuccessStatusCode, await session.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        SessionReply reply = (await session.Content.ReadFromJsonAsync(FleetJson.Wire.SessionReply, TestContext.Current.CancellationToken))!;
        return new SpeakingDevice(id, reply.Token, ring, pace);
    }

    /// <param name="servers">The first that answers gets the report.</param>
    /// <param name="path">The release.</param>
    /// <param name="order">What the director says of it; null: nothing yet.</param>
    public async Task ReportAsync(IEnumerable<HttpClient> servers, string path, OperatorOrder? order)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        if (_since == 0 && order is not null && Membership.IsExposed(
            Membership.Position(Encoding.UTF8.GetBytes(_id), Encoding.UTF8.GetBytes(path), Convert.FromHexString(order.Salt)), order.ExposureOf(_ring, CellName.Of(Machine))))
        {
            _since = now.ToUnixTimeMilliseconds();
        }

        int awake = (int)((now - _began) / _pace);
        DeviceReport report = new()
        {
            Sequence = ++_sequence,
            At = now.ToUnixTimeMilliseconds(),
            Boot = new string('b', 32),
            AwakeMinutes = awake - _awake,
            Cell = CellName.Of(Machine),
            Releases = _since == 0
                ? []
                : [new ReleaseReport { Path = path, State = ReleaseState.InService, Since = _since, Age = (int)((now.ToUnixTimeMilliseconds() - _since) / _pace.TotalMilliseconds), FallbackAlive = true }],
        };
        _awake = awake;
        foreach (HttpClient server in servers)
        {
            try
            {
                using HttpRequestMessage request = new(HttpMethod.Post, "/api/v1/device/reports") { Content = JsonContent.Create(new ReportBatch([report]), FleetJson.Wire.ReportBatch) };
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
                using HttpResponseMessage answer = await server.SendAsync(request, TestContext.Current.CancellationToken);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Killed; the other one answers.
            }
        }
    }

    private static string Signed(ECDsa key, byte[] text) => Convert.ToBase64String(key.SignData(text, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
}
