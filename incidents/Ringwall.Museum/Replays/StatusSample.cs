using Ringwall.Museum.Staging;
using Ringwall.Wire.Status;

namespace Ringwall.Museum.Replays;

/// <summary>What the host said of itself at one moment.</summary>
/// <param name="AtNs">CLOCK_MONOTONIC.</param>
/// <param name="Status">Null: nobody answered.</param>
/// <param name="CpuNs">Processor time of the sensor in question.</param>
/// <param name="Generations">Its generations.</param>
internal sealed record StatusSample(long AtNs, HostStatus? Status, long CpuNs, IReadOnlyList<GenerationSeen> Generations)
{
    /// <summary>The sensor in question.</summary>
    public SensorStatus? Subject => Status?.Sensors.FirstOrDefault(sensor => sensor.Name == Scene.Subject);

    public GenerationSeen? Generation(long? number) => Generations.FirstOrDefault(generation => generation.Number == number);

    public GenerationSeen? InService => Generations.FirstOrDefault(generation => generation.State == "in service");

    public int Pid => Subject?.Pid ?? 0;
}
