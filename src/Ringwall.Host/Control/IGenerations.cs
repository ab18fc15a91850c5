using Ringwall.Wire.Status;

namespace Ringwall.Host.Control;

/// <summary>An operator's hand on the generations of the sensors. An order returns when it was taken; what becomes of it then, `generations` shows.</summary>
internal interface IGenerations
{
    /// <summary>In the order of their numbers, sensor by sensor.</summary>
    /// <param name="sensor">Null: of all.</param>
    /// <returns>Null when there is no such sensor.</returns>
    public IReadOnlyList<GenerationLine>? List(string? sensor);

    /// <summary>Makes a generation of a package, and begins to try it. Reads and writes as many bytes as it has.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="sensor">Null: the one that the package names.</param>
    public GenerationOrder Install(string path, string? sensor);

    /// <summary>Puts a generation into service. One that did not pass its trial yet is tried first; a refused one, if it is named, is forgiven.</summary>
    /// <param name="sensor">Which one.</param>
    /// <param name="number">Null: the newest that waits.</param>
    public GenerationOrder Promote(string sensor, long? number);

    /// <summary>Brings the one before back, and refuses the one in service.</summary>
    /// <param name="sensor">Which one.</param>
    /// <param name="byUid">The operator.</param>
    public GenerationOrder RollBack(string sensor, int byUid);

    /// <summary>Holds the sensor at the one in service, whose number this is; null lets go.</summary>
    public GenerationOrder Pin(string sensor, long? number);
}
