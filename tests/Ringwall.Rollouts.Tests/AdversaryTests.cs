using Ringwall.Rollouts;

namespace Ringwall.Rollouts.Tests;

/// <summary>
/// Whatever the evidence says, exposure never exceeds what budget, order, domains, windows and pins allow. Evidence here is invented by an adversary, within
/// the one thing that the driver guarantees: no more devices mature or fail than installed.
/// </summary>
public sealed class AdversaryTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Exposure_stays_within_every_bound(int seed)
    {
        var random = new Random(seed);
        int cells = random.Next(1, 12);
        var fixture = new Fixture(cells, random.Next(1, 400), random.Next(0, 3_000), random.Next(0, 30_000), random.Next(0, 800));
        int lost = random.Next(cells);
        fixture.Fleet.Enrolled[lost] = random.Next(3) == 0 ? 0 : fixture.Fleet.Enrolled[lost];
        fixture.Policy = Policy(random);
        fixture.Release = fixture.Release with { Behind = random.Next(3), Urgent = random.Next(2) == 0, Approvals = ["ann", "bob"] };
        int grown = 0;
        int refused = 0;
        for (int minute = 0; minute < 400; minute++)
        {
            Invent(random, fixture, healthy: random.Next(3) > 0);
            fixture.Pass();
            RolloutDecision decision = fixture.Decide();
            Assert.NotEmpty(Explanation.Of(decision, fixture.Input));
            if (decision is RolloutDecision.Grow grow)
            {
                Check(fixture, grow);
                for (int s = 0; s < fixture.Exposed.Length; s++)
                {
                    fixture.Grown[s] = grow.Exposed[s] > fixture.Exposed[s] ? fixture.Now : fixture.Grown[s];
                    fixture.Exposed[s] = grow.Exposed[s];
                }

                grown++;
            }
            else
            {
                refused++;
            }
        }

        Assert.True(refused > 0, "nothing was ever refused");
        Assert.True(grown > 0 || fixture.Release.Behind < 2 || fixture.Fleet.Enrolled[..cells].Sum() == 0, "nothing ever grew");
    }

    [Fact]
    public void The_check_finds_a_decision_that_breaks_a_bound()
    {
        var fixture = new Fixture();
        fixture.Pass();
        var grow = Assert.IsType<RolloutDecision.Grow>(fixture.Decide());
        Check(fixture, grow);

        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Check(fixture, grow with { Exposed = [.. grow.Exposed.Select((n, s) => s == 4 ? 1 : n)] }));
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Check(fixture, grow with { Exposed = [.. grow.Exposed.Select((n, s) => s == 0 ? 30 : n)] }));
    }

    private static RolloutPolicy Policy(Random random) => new()
    {
        SleeperWeight = 1,
        DomainShare = random.Next(2) == 0 ? 0.25 : 0.5,
        Freezes = random.Next(2) == 0 ? [new MinuteRange(50, 90)] : [],
        Windows = random.Next(2) == 0 ? [[], [new MinuteRange(100, 300)], [], []] : [[], [], [], []],
        Pins = random.Next(2) == 0 ? [[0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 2, 0, 0, 0]] : new RolloutPolicy().Pins,
    };

    private static void Invent(Random random, Fixture fixture, bool healthy)
    {
        for (int s = 0; s < fixture.Exposed.Length; s++)
        {
            fixture.Installed[s] = Math.Min(fixture.Exposed[s], fixture.Installed[s] + random.Next(0, 1 + fixture.Exposed[s]));
            int waiting = fixture.Installed[s] - fixture.Ledger.Settled(s);
            int settle = random.Next(0, waiting + 1);
            int harmed = healthy || random.Next(4) > 0 ? 0 : random.Next(0, Math.Min(2, settle) + 1);
            fixture.Window.HarmedLater[s] = healthy || random.Next(20) > 0 ? 0 : random.Next(0, Math.Min(1, fixture.Ledger.Matured[s]) + 1);
            fixture.Window.NewlyMatured[s] = settle - harmed;
            fixture.Window.NewlyHarmed[s] = harmed;
            fixture.Window.SoakingAtRisk[s] = waiting;
            fixture.Window.ExposedAtRisk[s * Age.Classes + random.Next(Age.Classes)] = fixture.Installed[s];
            if (random.Next(20) == 0)
            {
                // Lies that flatter the release: the others are worse.
                fixture.Window.Sightings.Add(new Sighting(s, random.Next(10), Sighting.Control, random.Next(1, 3)));
            }
        }
    }

    private static void Check(Fixture fixture, RolloutDecision.Grow grow)
    {
        FleetCounts fleet = fixture.Fleet;
        RolloutPolicy policy = fixture.Policy;
        int cells = fleet.Cells.Length;
        double blind = 0;
        for (int s = 0; s < fleet.Strata; s++)
        {
            int before = fixture.Exposed[s];
            int after = grow.Exposed[s];
            int matured = fixture.Ledger.Matured[s];
            int flight = after - fixture.Ledger.Settled(s);
            Assert.True(after >= before, "exposure shrank");
            Assert.True(after <= Math.Max(before, fleet.Enrolled[s]), "more than there are");
            blind += matured == 0 && NoneSeen(fixture, s) ? Math.Max(0, flight) : 0;
            if (after == before)
            {
                continue;
            }

            int ring = s / cells;
            Assert.False(policy.Freezes.Any(range => range.Holds(fixture.Now)), "grew in a freeze");
            Assert.True(policy.Windows[ring].Length == 0 || policy.Windows[ring].Any(range => range.Holds(fixture.Now)), "grew outside its window");
            Assert.True(fixture.Release.Behind >= policy.Pins[ring][(int)fixture.Release.Stream], "grew past a pin");
            Assert.True(fleet.Enrolled[s % cells] > 0, "grew in a cell without a canary");
            Assert.True(after - matured <= Math.Max(1, policy.DomainShare * fleet.Enrolled[s]) + 1e-9, "more of a domain out than allowed");

            // No bound is ever smaller than the rule of three, so no stratum may have more in flight than that allows, or than a first step.
            double most = Math.Max(matured * policy.HarmBudget / 3.0 * 1.01, FirstStepMost(fixture, s));
            Assert.True(flight <= most + 1, $"{flight} in flight on {matured} healthy");
            if (ring > 0)
            {
                int below = Enumerable.Range(1, ring).Select(i => (ring - i) * cells + s % cells).First(lower => fleet.Enrolled[lower] > 0 || lower < cells);
                Assert.True(fixture.Ledger.Matured[below] >= 1, "a ring opened before the one below it had shown anything in its cell");
            }
        }

        Assert.True(Least(fixture, grow) <= grow.Budget.Left + 1e-6, "the step costs more than is left, however it is reckoned");
        Assert.True(blind <= policy.HarmBudget - 1, $"{blind} devices in flight where nothing at all is known");
    }

    /// <summary>
    /// Slow and obvious: the least bound on the harm of what is in flight after the step, over every way to divide strata between the common bound and their
    /// own. Where strata far behind have a bound of their own, or the budget is slowed, it is not worked out here.
    /// </summary>
    private static double Least(Fixture fixture, RolloutDecision.Grow grow)
    {
        EvidenceLedger ledger = fixture.Ledger;
        if (grow.Budget.Upper >= 2 * 2.9957 || grow.Judgement.Evidence >= fixture.Policy.Suspicion)
        {
            return 0;
        }

        int cells = fixture.Fleet.Cells.Length;
        var flights = new List<(double Factor, double Own)>();
        for (int s = 0; s < grow.Exposed.Length; s++)
        {
            int devices = grow.Exposed[s] - ledger.Settled(s);
            int[] ring = [.. Enumerable.Range(s / cells * cells, cells)];
            int seen = ring.Count(i => ledger.Settled(i) > 0);
            int odd = ring.Count(i => ledger.AllHarmed(i) * 20 > ledger.Settled(i));
            double odds = seen - odd <= 0 ? 1 : Math.Min(1, Bounds.HarmUpper(odd, 0, 0.95) / seen);
            int harmed = ledger.AllHarmed(s);
            double expected = ledger.ExpectedHarm[s] + ledger.ExpectedLater[s];
            double own = ledger.Matured[s] == 0 ? 1 : Math.Min(1, Bounds.HarmUpper(harmed, expected, 0.95) / (ledger.Matured[s] + harmed));
            if (devices > 0)
            {
                flights.Add((ledger.Matured[s] == 0 ? double.PositiveInfinity : (double)devices / ledger.Matured[s], devices * (harmed > 0 ? own : Math.Min(own, odds))));
            }
        }

        double upper = grow.Budget.Upper + grow.Budget.LaterExcess;
        return flights.Select(flight => flight.Factor).Where(double.IsFinite).Append(0).Min(factor =>
            factor * upper + flights.Where(flight => flight.Factor > factor).Sum(flight => flight.Own));
    }

    private static bool NoneSeen(Fixture fixture, int stratum)
    {
        int cells = fixture.Fleet.Cells.Length;
        int first = stratum / cells * cells;
        return Enumerable.Range(first, cells).Sum(fixture.Ledger.Settled) == 0;
    }

    /// <summary>A first step costs at least (rule of three over cells) per device; before any cell was seen, 1.</summary>
    private static double FirstStepMost(Fixture fixture, int stratum)
    {
        int cells = fixture.Fleet.Cells.Length;
        int first = stratum / cells * cells;
        int seen = Enumerable.Range(first, cells).Count(s => fixture.Ledger.Settled(s) > 0);
        return fixture.Policy.HarmBudget / Math.Min(1, 2.9957 / Math.Max(1, seen));
    }
}
