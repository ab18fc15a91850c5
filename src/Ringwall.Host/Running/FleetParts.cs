using Ringwall.Host.Configuration;
using Ringwall.Host.Fleet;
using Ringwall.Host.Generations.Probation;
using Ringwall.Host.Generations.Store;
using Ringwall.Host.Supervision;
using Ringwall.Kernel;
using Ringwall.Wire.Probation;

namespace Ringwall.Host.Running;

/// <summary>What a running host does for the fleet's agent, if the configuration names one.</summary>
internal static class FleetParts
{
    /// <summary>The desk; null where there is no fleet, or, which is said, it cannot be used: the machine is guarded all the same.</summary>
    public static FleetDesk? Desk(HostConfiguration configuration, GenerationStore? store, SensorCrew crew, FleetMachine machine)
    {
        if (configuration.Fleet is null)
        {
            return null;
        }

        if (store is null)
        {
            machine.Say("without a store of generations the fleet installs nothing here");
            return null;
        }

        try
        {
            return new FleetDesk(configuration, store, crew, machine, TimeProvider.System);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or KernelException)
        {
            machine.Say($"the fleet installs nothing here: {refused.Message}; mend {configuration.StateDirectory} and start the host again");
            return null;
        }
    }

    /// <summary>The agent's door; null where there is no desk, or, which is said, no such user.</summary>
    public static AgentDoor? Door(HostConfiguration configuration, FleetDesk? desk, Action<string> say)
    {
        if (desk is null)
        {
            return null;
        }

        if (AgentUser.Find(configuration.Fleet!.User) is { } user)
        {
            return AgentDoor.Open(configuration.RunDirectory, user, desk);
        }

        say($"there is no user {configuration.Fleet.User}, so the agent is not let in; make it, or name another in \"fleet\"");
        return null;
    }

    /// <summary>The sensors as the configuration names them: which of them run now changes, and would move a device from cell to cell.</summary>
    public static MachineCell Cell(HostConfiguration configuration) => CellFacts.Read("/", [.. configuration.Sensors.Select(sensor => new CellSensor(sensor.Name, "", ""))]);

    /// <summary>Of this boot, without dashes; zeros where the kernel does not say.</summary>
    public static string Boot()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim().Replace("-", "", StringComparison.Ordinal);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return new string('0', 32);
        }
    }

    /// <summary>What this process and the sensors that run have used.</summary>
    public static TimeSpan ProcessorTime(SensorCrew crew) =>
        Environment.CpuUsage.TotalTime + crew.Snapshot().Aggregate(TimeSpan.Zero, (sum, sensor) => sum + (sensor.CpuTime ?? TimeSpan.Zero));
}
