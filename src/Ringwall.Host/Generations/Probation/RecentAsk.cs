using Ringwall.Contract;

namespace Ringwall.Host.Generations.Probation;

/// <summary>An ask as it was answered.</summary>
/// <param name="Message">The ask message that sensors got.</param>
/// <param name="ChangedNs">The file's time of its last status change then.</param>
/// <param name="Judged">What the sensors said together; none when they did not.</param>
/// <param name="DeniedBy">Whose denial that was; null when nobody denied.</param>
internal sealed record RecentAsk(byte[] Message, long ChangedNs, Verdict Judged, string? DeniedBy);
