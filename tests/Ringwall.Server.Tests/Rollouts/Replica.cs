using Microsoft.Extensions.Logging.Abstractions;
using Ringwall.Server.Audit;
using Ringwall.Server.Releases;
using Ringwall.Server.Rollouts;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Tests.Rollouts;

/// <summary>The parts of one replica that drive rollouts, without its web server and its own clockwork: a test says when it looks. Killed is one that is not used any more.</summary>
internal sealed class Replica
{
    public Replica(Database database, TimeProvider clock, IFleetSight fleet, ServerOptions options)
    {
        AuditLog audit = new(database, clock);
        Keys = new OnlineKeyRing(options, NullLogger<OnlineKeyRing>.Instance);
        Repositories = new Repositories(database, Keys, audit, clock);
        Shelf = new RepositoryShelf(database, Repositories);
        Policies = new FleetPolicies(database, audit, clock, options);
        RolloutSignal signal = new(new ChangeFeed());
        Desk = new RolloutDesk(database, fleet, audit, clock, signal);
        Releases = new PublishedReleases(database);
        Pages = new RolloutPages(database, Releases);
        Packages = new Packages(database, clock);
        Vendors = new VendorDesk(database, Repositories, audit, [Desk], clock);
        Leases = new Leases(database, clock);
        Driver = new RolloutDriver(
            database, Leases, fleet, new DecisionWriter(Leases, audit, clock), new DirectorOrders(Repositories, Policies, NullLogger<DirectorOrders>.Instance), Policies, new RolloutWatch(database, new ChangeFeed(), Shelf), clock,
            NullLogger<RolloutDriver>.Instance);
    }

    public OnlineKeyRing Keys { get; }

    public Repositories Repositories { get; }

    public RepositoryShelf Shelf { get; }

    public FleetPolicies Policies { get; }

    public RolloutDesk Desk { get; }

    public PublishedReleases Releases { get; }

    public RolloutPages Pages { get; }

    public Packages Packages { get; }

    public VendorDesk Vendors { get; }

    public Leases Leases { get; }

    public RolloutDriver Driver { get; }

    public Task LookAsync() => Driver.RoundAsync(TestContext.Current.CancellationToken);
}
