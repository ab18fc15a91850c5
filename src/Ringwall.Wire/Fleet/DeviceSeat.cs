using System.Text.Json.Serialization;

namespace Ringwall.Wire.Fleet;

/// <summary>
/// The device's seat in its group: a part of its site in the same ring, and in the same cell when the seats were taken, as large as the server likes. The rollout rules place the seats of one group evenly over a release's order, so that a pair
/// never moves together. As long as the device stays where it is, all three stay as they are.
/// </summary>
/// <param name="Domain">The group: 16 lower-case hexadecimal digits, a number of 64 bits.</param>
/// <param name="Index">0 to <paramref name="Size"/> − 1; given once.</param>
/// <param name="Size">How many seats the group has.</param>
public sealed record DeviceSeat(string Domain, int Index, int Size)
{
    /// <summary>The group as the rollout rules take it.</summary>
    /// <exception cref="FormatException"><see cref="Domain"/> is no hexadecimal number.</exception>
    [JsonIgnore]
    public ulong DomainNumber => ulong.Parse(Domain, System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture);

    public static DeviceSeat Of(ulong domain, int index, int size) => new(domain.ToString("x16", System.Globalization.CultureInfo.InvariantCulture), index, size);
}
