using System.Text.Json.Serialization;

namespace Ringwall.Wire.Probation;

/// <summary>What kind of machine it ran on: machines alike in this are one cell.</summary>
/// <param name="Distribution">ID and VERSION_ID of os-release(5), as "debian 13"; empty when not said.</param>
/// <param name="Kernel">Its release, as `uname -r` says it.</param>
/// <param name="Architecture">As "x64".</param>
/// <param name="Sensors">What ran beside it.</param>
public sealed record MachineCell(string Distribution, string Kernel, string Architecture, IReadOnlyList<CellSensor> Sensors) : IJsonOnDeserialized
{
    void IJsonOnDeserialized.OnDeserialized() => WholeLists.Require(Sensors);
}
