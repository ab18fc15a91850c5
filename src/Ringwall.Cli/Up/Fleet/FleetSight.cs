namespace Ringwall.Cli.Up;

/// <summary>What a person is told of the fleet that `ringwall up` brings along.</summary>
/// <param name="Dashboard">Where its pages are.</param>
/// <param name="Link">Signs in once; null when somebody has another way in already.</param>
/// <param name="LinkUntil">When the link has expired.</param>
/// <param name="AnotherLink">The command that makes another one.</param>
/// <param name="Tries">Commands for another terminal, each with what it shows; none where this program was not built from a checkout.</param>
internal sealed record FleetSight(Uri Dashboard, Uri? Link, DateTimeOffset LinkUntil, string AnotherLink, IReadOnlyList<(string Command, string Shows)> Tries);
