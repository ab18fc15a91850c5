using System.Globalization;
using Ringwall.Rollouts;
using Ringwall.Server.Audit;
using Ringwall.Server.Inventory;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;
using Ringwall.Trust;
using Ringwall.Wire.Fleet;

namespace Ringwall.Server.Enrolment;

/// <summary>Lets machines in, and gives devices their sessions.</summary>
public sealed class Joining(Database database, TimeProvider clock, ServerOptions options, Devices devices, JoinTokens tokens, Sessions sessions, AuditLog audit, IEnumerable<IRootFiles> roots)
{
    /// <summary>A device reports every so many minutes of a rollout.</summary>
    public const int ReportMinutes = 5;

    internal static readonly ProblemType TokenRefused = new(DeviceProblem.TokenRefused, 403, "The join token lets nobody in");
    internal static readonly ProblemType ProofRefused = new(DeviceProblem.ProofRefused, 403, "The proof does not fit key and text");
    internal static readonly ProblemType ClockOff = new(DeviceProblem.ClockOff, 409, "The device's clock is off");
    internal static readonly ProblemType NoSuchDevice = new(DeviceProblem.NoSuchDevice, 404, "There is no such device in the fleet");
    internal static readonly ProblemType SessionOver = new(DeviceProblem.SessionOver, 401, "The session has ended, or is none");
    internal static readonly ProblemType NotReady = new("ringwall:fleet-not-ready", 503, "The fleet has no signed files yet");

    private static readonly TimeSpan MostOff = TimeSpan.FromMinutes(5);

    /// <exception cref="RequestRefused">The machine may not join, or asked wrongly.</exception>
    public async Task<EnrolReply> EnrolAsync(EnrolRequest request, CancellationToken stop)
    {
        byte[] key = Decode(request.PublicKey);
        string name = Name(request.Name);
        if (!DeviceSignature.IsKey(key))
        {
            throw new RequestRefused(ProblemType.BadRequest, "publicKey is no P-256 key as SubjectPublicKeyInfo in base64");
        }

        // The proof first: without the private key nobody learns anything about tokens.
        if (!DeviceSignature.Verifies(key, DeviceProof.Enrol(request.JoinToken, request.PublicKey), Decode(request.Proof)))
        {
            throw new RequestRefused(ProofRefused, "the proof must sign the text of DeviceProof.Enrol with the key that is enrolled");
        }

        TrustedRoots? first = null;
        foreach (IRootFiles keeper in roots)
        {
            first ??= await keeper.FirstRootsAsync(stop).ConfigureAwait(false);
        }

        if (first is null)
        {
            throw new RequestRefused(NotReady, "the operator has not made the root files yet: `ringwall operator init`");
        }

        // A guess is a question, and does not wait for everybody's turn to write.
        if (!await database.ReadAsync(connection => JoinTokens.IsKnownAsync(connection, null, request.JoinToken), stop).ConfigureAwait(false))
        {
            throw new RequestRefused(TokenRefused, "");
        }

        Device device = await JoinAsync(request, key, name, stop).ConfigureAwait(false);
        return new EnrolReply
        {
            Device = device.Id,
            Ring = RingName.Of(device.Ring),
            Site = device.Site,
            Seat = device.Seat,
            PaceMilliseconds = Pace,
            ReportMinutes = ReportMinutes,
            ServerTime = Now,
            Roots = first,
        };
    }

    /// <exception cref="RequestRefused">It lacks something, there is no such device, its proof is none, or its clock is off.</exception>
    public async Task<SessionReply> BeginSessionAsync(SessionRequest request, CancellationToken stop)
    {
        long now = Now;
        if (request.Device is null || request.Proof is null)
        {
            // JSON may leave out what a constructor takes.
            throw new RequestRefused(ProblemType.BadRequest, "a session is asked for with 'device', 'at' and 'proof'");
        }

        if (!DeviceIdentity.IsOne(request.Device) || await devices.FindAsync(request.Device, stop).ConfigureAwait(false) is not { RetiredAt: null } device)
        {
            throw new RequestRefused(NoSuchDevice, "");
        }

        byte[]? key = await devices.KeyAsync(request.Device, stop).ConfigureAwait(false);
        if (!DeviceSignature.Verifies(key, DeviceProof.Session(request.Device, request.At), Decode(request.Proof)))
        {
            throw new RequestRefused(ProofRefused, "the proof must sign the text of DeviceProof.Session with the device's key");
        }

        if (Math.Abs(request.At - now) > MostOff.TotalMilliseconds)
        {
            throw new RequestRefused(ClockOff, "the clocks of device and server differ by more than five minutes", new Dictionary<string, object?> { ["serverTime"] = now });
        }

        (string token, long until) = sessions.Begin(UInt128.Parse(request.Device, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), (int)device.Number);
        return new SessionReply
        {
            Token = token,
            Until = until,
            Ring = RingName.Of(device.Ring),
            Site = device.Site,
            Seat = device.Seat,
            Place = await PlaceAsync(device, stop).ConfigureAwait(false),
            EnrolledAt = device.EnrolledAt,
            PaceMilliseconds = Pace,
            ReportMinutes = ReportMinutes,
            ServerTime = now,
        };
    }

    private async Task<string?> PlaceAsync(Device device, CancellationToken stop)
    {
        if (device.PlacedAt == device.EnrolledAt)
        {
            return null;
        }

        PlaceOrder place = new()
        {
            Device = device.Id,
            Ring = RingName.Of(device.Ring),
            Since = device.PlacedAt,
            Seat = device.Seat is { } seat ? new PlaceSeat(seat.Domain, seat.Index, seat.Size) : null,
        };
        byte[]? signed = null;
        foreach (IRootFiles keeper in roots)
        {
            signed ??= await keeper.SignPlaceAsync(place, stop).ConfigureAwait(false);
        }

        return signed is null ? null : Convert.ToBase64String(signed);
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private long Pace => (long)options.Pace.TotalMilliseconds;

    private Task<Device> JoinAsync(EnrolRequest request, byte[] key, string name, CancellationToken stop) => database.WriteAsync(
        async (connection, transaction) =>
        {
            string id = DeviceIdentity.Of(key);
            if (await Devices.FindAsync(connection, transaction, id).ConfigureAwait(false) is { } known)
            {
                // The reply to the first time was lost, or the device has forgotten it. It has the key and a token of this fleet; nothing is used up.
                return known.RetiredAt is null ? known : throw new RequestRefused(TokenRefused, "");
            }

            JoinToken token = await tokens.UseAsync(connection, transaction, request.JoinToken).ConfigureAwait(false) ?? throw new RequestRefused(TokenRefused, "");
            _ = RingName.TryRead(token.Ring, out Ring ring);
            Device joined = await devices.AddAsync(connection, transaction, new NewDevice(id, key, name, Short(request.Host, 64), ring, CellName.Of(request.Cell), token.Site)).ConfigureAwait(false);
            await audit.AppendAsync(connection, transaction, $"device:{id}", "device.enrolled", id, new { name, token = token.Id, ring = token.Ring, cell = joined.Cell }).ConfigureAwait(false);
            return joined;
        },
        stop);

    private static byte[] Decode(string base64)
    {
        byte[] bytes = new byte[Math.Min(base64.Length, 1024)];
        return base64.Length <= 1024 && Convert.TryFromBase64String(base64, bytes, out int written) ? bytes[..written] : [];
    }

    private static string Name(string name)
    {
        string plain = Short(name.Trim(), DeviceLimits.NameCharacters);
        return plain.Length > 0 ? plain : throw new RequestRefused(ProblemType.BadRequest, "the machine has no name");
    }

    // Foreign text: people see it. Control characters would tear a terminal or a log.
    private static string Short(string text, int most) => string.Concat(text.Where(c => !char.IsControl(c)).Take(most));
}
