namespace Ringwall.Dashboard.Tests.Stage;

/// <summary>All tests share one stage, one after another: starting a server, a browser and a fleet takes longer than looking at them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FleetGroup : ICollectionFixture<FleetStage>
{
    public const string Name = "one fleet";
}
