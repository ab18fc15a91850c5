using Ringwall.Host.Generations.Shadows;
using Ringwall.Host.Generations.Store;

namespace Ringwall.Host.Generations.Succession;

/// <summary>Begins to try a generation. Returns at once; disposing of the result ends the trial without an outcome.</summary>
/// <param name="generation">Which.</param>
/// <param name="candidate">It, running beside service.</param>
/// <param name="current">The one in service, for comparison; null when there is none.</param>
/// <param name="done">Called once, from any thread, when it is decided.</param>
internal delegate IDisposable StartTrial(Generation generation, IShadow candidate, IShadow? current, Action<TrialOutcome> done);
