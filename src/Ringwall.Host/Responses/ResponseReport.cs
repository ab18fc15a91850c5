using Ringwall.Contract;

namespace Ringwall.Host.Responses;

/// <summary>What became of one request, for the findings.</summary>
/// <param name="Request">What the sensor sent.</param>
/// <param name="Act">What was done; null when nothing was.</param>
/// <param name="Refusal">Why nothing was done; null when it was.</param>
internal sealed record ResponseReport(RequestMessage Request, Act? Act, Refusal? Refusal);
