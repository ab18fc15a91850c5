using System.Text;
using Ringwall.Rollouts;

namespace Ringwall.Rollouts.Tests;

public sealed class MembershipTests
{
    private const int Devices = 20_000;

    private static readonly byte[] Release = Encoding.UTF8.GetBytes("content 41");
    private static readonly byte[] Salt = [1, 2, 3, 4];

    private static double At(int device, byte[]? release = null) =>
        Membership.Position(BitConverter.GetBytes(device), release ?? Release, Salt);

    [Fact]
    public void Positions_are_uniform()
    {
        int[] buckets = new int[20];
        for (int device = 0; device < Devices; device++)
        {
            buckets[(int)(At(device) * buckets.Length)]++;
        }

        // Chi-square with 19 degrees of freedom: 43.8 is passed by chance once in a thousand, and these identities are fixed.
        Assert.True(ChiSquare(buckets) < 43.8, $"chi-square {ChiSquare(buckets)}");

        // The check must be able to fail.
        buckets[0] += 300;
        Assert.True(ChiSquare(buckets) > 43.8);
    }

    [Fact]
    public void Positions_in_two_releases_are_independent()
    {
        byte[] next = Encoding.UTF8.GetBytes("content 42");
        int[] joint = new int[25];
        for (int device = 0; device < Devices; device++)
        {
            joint[(int)(At(device) * 5) * 5 + (int)(At(device, next) * 5)]++;
        }

        Assert.True(ChiSquare(joint) < 51.2, $"chi-square {ChiSquare(joint)}");
    }

    [Fact]
    public void Once_in_always_in()
    {
        int entered = 0;
        for (int device = 0; device < 2_000; device++)
        {
            bool was = false;
            for (double exposure = 0; exposure <= 1; exposure += 0.05)
            {
                bool now = Membership.IsExposed(At(device), exposure);
                Assert.False(was && !now);
                entered += now && !was ? 1 : 0;
                was = now;
            }
        }

        Assert.True(entered > 1_800);
    }

    [Fact]
    public void A_late_joiner_never_falls_into_a_stage_that_was_judged_without_it()
    {
        for (int device = 0; device < 2_000; device++)
        {
            double late = Membership.LateJoiner(At(device), 0.3);
            Assert.InRange(late, 0.3, 1);
            Assert.False(Membership.IsExposed(late, 0.3));
        }

        Assert.Equal(At(7), Membership.LateJoiner(At(7), 0));
    }

    [Fact]
    public void Who_slept_through_the_start_is_no_late_joiner_and_who_moves_stays_where_it_was()
    {
        double position = At(7);
        Standing slept = Standing.Of(2, position, enrolledMinute: 50, startedMinute: 100, exposureAtEnrolment: 0.3);
        Standing joined = Standing.Of(2, position, enrolledMinute: 150, startedMinute: 100, exposureAtEnrolment: 0.3);

        Assert.Equal(position, slept.Position);
        Assert.Equal(Membership.LateJoiner(position, 0.3), joined.Position);

        // An upgrade moves the device to a cell that is not exposed at all; its standing was taken before and still holds.
        double[] exposure = [0, 0, 1, 0];
        Assert.True(slept.IsExposed(exposure));
        Assert.False((slept with { Stratum = 3 }).IsExposed(exposure));
    }

    [Theory]
    [InlineData(2, 0.5)]
    [InlineData(3, 0.5)]
    [InlineData(7, 0.25)]
    [InlineData(40, 0.1)]
    public void Any_stretch_of_the_order_holds_at_most_its_share_of_a_domain(int size, double width)
    {
        int most = (int)Math.Ceiling(size * width - 1e-9);
        int met = 0;
        for (ulong domain = 0; domain < 300; domain++)
        {
            double[] seats = [.. Enumerable.Range(0, size).Select(i => Membership.Position(new Seat(domain, i, size), Release, Salt))];
            for (double from = 0; from + width <= 1; from += 0.01)
            {
                int inside = seats.Count(at => at >= from && at < from + width);
                Assert.True(inside <= most, $"domain {domain}: {inside} of {size} in [{from}, {from + width})");
                met += inside == most ? 1 : 0;
            }
        }

        Assert.True(met > 0);
    }

    [Fact]
    public void A_seat_alone_is_uniform_too()
    {
        int[] buckets = new int[20];
        for (ulong domain = 0; domain < Devices; domain++)
        {
            buckets[(int)(Membership.Position(new Seat(domain, 1, 3), Release, Salt) * buckets.Length)]++;
        }

        Assert.True(ChiSquare(buckets) < 43.8, $"chi-square {ChiSquare(buckets)}");
    }

    [Fact]
    public void Exposure_for_a_number_of_devices_lets_in_exactly_that_many()
    {
        double[] positions = [.. Enumerable.Range(0, 500).Select(device => At(device)).Order()];
        foreach (int wanted in (int[])[0, 1, 24, 499, 500])
        {
            double exposure = Membership.ExposureFor(positions, wanted);
            Assert.Equal(wanted, positions.Count(at => Membership.IsExposed(at, exposure)));
        }
    }

    [Fact]
    public void Length_matters_in_what_is_hashed()
    {
        Assert.NotEqual(
            Membership.Position("ab"u8, "c"u8, Salt),
            Membership.Position("a"u8, "bc"u8, Salt));
    }

    private static double ChiSquare(int[] counts)
    {
        double expected = counts.Average();
        return counts.Sum(count => (count - expected) * (count - expected) / expected);
    }
}
