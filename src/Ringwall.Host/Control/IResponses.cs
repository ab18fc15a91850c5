using Ringwall.Wire.Status;

namespace Ringwall.Host.Control;

/// <summary>What was done because sensors requested it, and taking it back.</summary>
internal interface IResponses
{
    /// <summary>Everything that was done, in order.</summary>
    public IReadOnlyList<ResponseLine> List();

    /// <summary>Takes back, the latest first, every act that all of this is true of. Waits for it; doing it again does nothing more.</summary>
    /// <param name="sensor">Of this sensor; null of all.</param>
    /// <param name="generation">Of this generation; null of all.</param>
    /// <param name="since">Done then or later; null whenever.</param>
    /// <param name="id">The one act of this number; null all.</param>
    /// <param name="dryRun">Only say what would be done.</param>
    public IReadOnlyList<ResponseLine> Undo(string? sensor, long? generation, DateTimeOffset? since, long? id, bool dryRun);
}
