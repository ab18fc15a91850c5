using System.Globalization;
using System.Text;
using Ringwall.Rollouts;
using Ringwall.Trust;
using Ringwall.Wire.Door;
using Ringwall.Wire.Packages;

namespace Ringwall.Host.Fleet;

/// <summary>
/// Whether this device installs a release on which vendor and operator agree. It decides, and only decides: who it is, what is installed and what time it is stand in its arguments.
/// </summary>
internal static class Admission
{
    private const int UrgentApprovals = 2;

    /// <summary>
    /// Where a device stands in a release that it sees for the first time. It is kept until the release is over, whatever happens to its ring or cell meanwhile.
    /// </summary>
    /// <param name="release">The release.</param>
    /// <param name="identity">Who the device is.</param>
    /// <param name="cell">What it is alike to, as the operator calls it.</param>
    public static KeptStanding Stand(AgreedRelease release, DoorIdentity identity, string cell)
    {
        OperatorOrder order = release.Operator;
        byte[] name = Encoding.UTF8.GetBytes(release.Path.Text);
        byte[] salt = Convert.FromHexString(order.Salt);
        double position = identity.Seat is { } seat
            ? Membership.Position(new Seat(seat.DomainNumber, seat.Index, seat.Size), name, salt)
            : Membership.Position(Encoding.UTF8.GetBytes(identity.Device), name, salt);

        // In milliseconds: the rule compares two moments, in whatever unit.
        Standing standing = Standing.Of(0, position, identity.Since, order.StartedAt.ToUnixTimeMilliseconds(), order.ExposureOf(identity.Ring, cell));
        return new KeptStanding(identity.Ring, cell, standing.Position);
    }

    /// <param name="release">What both agree on.</param>
    /// <param name="identity">Who the device is.</param>
    /// <param name="standing">Where it stands in this release.</param>
    /// <param name="sensor">The sensor that it is for; null when the configuration has none of that name.</param>
    /// <param name="now">By the device's clock.</param>
    public static AdmissionAnswer Decide(AgreedRelease release, DoorIdentity identity, KeptStanding standing, FleetSensor? sensor, DateTimeOffset now)
    {
        OperatorOrder order = release.Operator;
        ReleasePath path = release.Path;
        if (order.IsWithdrawn)
        {
            return new AdmissionAnswer(DoorStanding.Withdrawn, "the operator took it back");
        }

        if (sensor is null)
        {
            return NotForUs($"no sensor here is called {path.Sensor}");
        }

        if (sensor.Vendor != path.Vendor)
        {
            return NotForUs(sensor.Vendor is null ? $"{sensor.Name} takes no releases of the fleet: its \"vendor\" is not configured" : $"{sensor.Name} is {sensor.Vendor}'s, not {path.Vendor}'s");
        }

        if (release.File.Length > PackageLimits.PackageBytes)
        {
            return NotForUs($"its package has {release.File.Length} bytes, and at most {PackageLimits.PackageBytes} are taken");
        }

        if (sensor.NewestOf(path.Stream) is { } newest && path.Number <= newest)
        {
            return NotForUs($"{path.Stream} {newest} was here already, and nothing goes back to a lower number");
        }

        if (order.WayBackFrom is { } from && !sensor.Had.Contains(from))
        {
            return NotForUs($"it leads back from {from}, which was never here");
        }

        if (order.IsUrgent && order.Approvals.DistinctBy(approval => approval.By).Count() < UrgentApprovals)
        {
            return new AdmissionAnswer(DoorStanding.Refused, $"it is urgent, and {UrgentApprovals} people have to approve that");
        }

        if (!new Standing(0, standing.Position).IsExposed([order.ExposureOf(standing.Ring, standing.Cell)]))
        {
            return new AdmissionAnswer(
                DoorStanding.NotExposed,
                string.Create(CultureInfo.InvariantCulture, $"of the ring {standing.Ring} in {standing.Cell}, {order.ExposureOf(standing.Ring, standing.Cell):P1} may have it, and this device stands at {standing.Position:P1}"));
        }

        if (order.IsHeld || order.IsPinned(identity.Device))
        {
            return new AdmissionAnswer(DoorStanding.Held, order.IsHeld ? "the operator holds it back everywhere" : "the operator holds this device at what it has");
        }

        // Both would be tried with the other half of what is in service now, so that the second would end the trial of the first, and go into service without it.
        if (sensor.Trying is { } tried && tried.Stream != path.Stream)
        {
            return new AdmissionAnswer(DoorStanding.Held, $"{tried.Text} is on trial, or waits for `ringwall promote`, and comes first");
        }

        return order.IsOpen(now, standing.Ring)
            ? new AdmissionAnswer(DoorStanding.Wanted, "it may be installed now")
            : new AdmissionAnswer(DoorStanding.Held, "it is outside the times at which it may be installed");
    }

    private static AdmissionAnswer NotForUs(string because) => new(DoorStanding.NotForUs, because);
}
