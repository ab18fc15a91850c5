using Ringwall.Trust;

namespace Ringwall.Agent.Running;

/// <summary>By which means this agent reaches a fleet, whichever it is.</summary>
/// <param name="StateDirectory">The agent's own.</param>
/// <param name="Mirrors">Where static files are fetched from first, besides those that it was enrolled with.</param>
/// <param name="Http">Over which others are reached.</param>
/// <param name="Clock">The device's clock.</param>
/// <param name="Pace">How slow a transfer may be; null for the usual.</param>
internal sealed record FleetWay(string StateDirectory, IReadOnlyList<Uri> Mirrors, HttpClient Http, TimeProvider Clock, TransferPace? Pace);
