using Ringwall.Contract;
using Ringwall.Host.Findings;

namespace Ringwall.Host.Responses;

/// <summary>Who requests something, and how it hears of the outcome.</summary>
/// <param name="Source">The sensor and its generation.</param>
/// <param name="Granted">What its manifest names and the operator granted.</param>
/// <param name="Answer">Tells it the outcome; any thread, never waits. False: it is not there any more.</param>
internal sealed record ResponseRequester(FindingSource Source, ResponseKinds Granted, Func<OutcomeMessage, bool> Answer);
