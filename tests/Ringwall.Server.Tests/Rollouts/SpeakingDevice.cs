using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Ringwall.Rollouts;
using Ringwall.Trust;
using Ringwall.Wire.Fleet;
using Ringwall.Wire.Probation;

namespace Ringwall.Server.Tests.Rollouts;

/// <summary>A device that takes a release as soon as it is let in, and reports that it runs well.</summary>
internal sealed class SpeakingDevice
{
    private static readonly MachineCell Machine = new("debian 12", "6.1.0-28-amd64", "x64", [new CellSensor("yara", "1", "1")]);

    private readonly TimeSpan _pace;
    private readonly DateTimeOffset _began = DateTimeOffset.UtcNow;
    private string _path = "";
    private long _since;
    private int _awake;

    private SpeakingDevice(string id, string token, string ring, TimeSpan pace)
    {
        Id = id;
        Token = token;
        Ring = ring;
        _pace = pace;
    }

    public string Id { get; }

    public string Token { get; }

    public string Ring { get; }

    /// <summary>Of the report that was made last.</summary>
    public long Sequence { get; private set; }

    /// <summary>The highest sequence of which a server said that it is on disk.</summary>
    public long Acknowledged { get; set; }

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

    /// <summary>Whether an exposure of its ring lets it in.</summary>
    public bool IsLetIn(string path, string salt, double exposure) =>
        Membership.IsExposed(Membership.Position(Encoding.UTF8.GetBytes(Id), Encoding.UTF8.GetBytes(path), Convert.FromHexString(salt)), exposure);

    /// <summary>Whether it may take the release now: then it does, and reports so at once.</summary>
    public bool IsOffered(string path, OperatorOrder? order) =>
        (path != _path || _since == 0) && order is { IsHeld: false } && IsLetIn(path, order.Salt, order.ExposureOf(Ring, CellName.Of(Machine)));

    /// <param name="path">The release that is let out.</param>
    /// <param name="order">What the director says of it; null: nothing yet.</param>
    public DeviceReport Next(string path, OperatorOrder? order)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        bool takes = IsOffered(path, order);
        if (takes || path != _path)
        {
            (_path, _since) = (path, takes ? now.ToUnixTimeMilliseconds() : 0);
        }

        int awake = (int)((now - _began) / _pace);
        DeviceReport report = new()
        {
            Sequence = ++Sequence,
            At = now.ToUnixTimeMilliseconds(),
            Boot = new string('b', 32),
            AwakeMinutes = awake - _awake,
            Cell = CellName.Of(Machine),
            Releases = _since == 0
                ? []
                : [new ReleaseReport { Path = path, State = ReleaseState.InService, Since = _since, Age = (int)((now.ToUnixTimeMilliseconds() - _since) / _pace.TotalMilliseconds), FallbackAlive = true }],
        };
        _awake = awake;
        return report;
    }

    private static string Signed(ECDsa key, byte[] text) => Convert.ToBase64String(key.SignData(text, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
}
