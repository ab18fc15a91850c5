namespace Ringwall.Cli.Up;

/// <summary>What a person is told of the fleet that `ringwall up` brings along.</summary>
/// <param name="Dashboard">Where its pages are.</param>
/// <param name="Link">Signs in once; null when somebody has another way in already.</param>
internal sealed record FleetSight(Uri Dashboard, Uri? Link);
