using Ringwall.Trust;

namespace Ringwall.Host.Fleet;

/// <summary>What admission has to know of one configured sensor.</summary>
/// <param name="Name">As configured, and as releases name it.</param>
/// <param name="Vendor">Whose releases it takes; null for nobody's.</param>
/// <param name="Newest">By stream, the highest number that was ever installed, whatever became of it.</param>
/// <param name="Had">The releases that were installed here, whatever became of them.</param>
internal sealed record FleetSensor(string Name, string? Vendor, IReadOnlyDictionary<string, long> Newest, IReadOnlySet<string> Had)
{
    /// <summary>The release that is on trial here, or has passed its trial and waits for a person's word; null for none, or for what a person installed.</summary>
    public ReleasePath? Trying { get; init; }

    public long? NewestOf(string stream) => Newest.TryGetValue(stream, out long number) ? number : null;
}
