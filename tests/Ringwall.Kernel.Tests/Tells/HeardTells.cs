using Ringwall.Kernel.Tells;

namespace Ringwall.Kernel.Tests.Tells;

/// <summary>Keeps what was told, so that a test can wait for it.</summary>
public sealed class HeardTells : ITellSink
{
    public List<HeardExec> Execs { get; } = [];

    public List<HeardFork> Forks { get; } = [];

    public List<HeardExit> Exits { get; } = [];

    public List<HeardConnect> Connects { get; } = [];

    public Dictionary<TellSource, ulong> Losses { get; } = [];

    public bool LossWasExact { get; private set; } = true;

    public void Executed(ulong time, in ProcessFacts process, in ExecFacts program) => Execs.Add(new HeardExec(
        time,
        process,
        program.Executable.ToArray(),
        program.WorkingDirectory.ToArray(),
        program.ArgumentBlock.ToArray(),
        program.ArgumentsTotal,
        program.Device,
        program.Inode));

    public void Forked(ulong time, in ProcessFacts process, int forkerPid, ulong forkerStartNs) =>
        Forks.Add(new HeardFork(time, process, forkerPid, forkerStartNs));

    public void Ended(ulong time, in ProcessFacts process, int status) => Exits.Add(new HeardExit(time, process, status));

    public void Connecting(ulong time, in ProcessFacts process, in ConnectFacts target) =>
        Connects.Add(new HeardConnect(process, target.Address.ToArray(), target.Port, target.Protocol));

    public void Lost(TellSource source, ulong count, bool exact)
    {
        Losses[source] = Losses.GetValueOrDefault(source) + count;
        LossWasExact &= exact;
    }
}

public sealed record HeardExec(
    ulong Time, ProcessFacts Process, byte[] Executable, byte[] Directory, byte[] Arguments, ulong ArgumentsTotal, ulong Device, ulong Inode);

public sealed record HeardFork(ulong Time, ProcessFacts Process, int ForkerPid, ulong ForkerStartNs);

public sealed record HeardExit(ulong Time, ProcessFacts Process, int Status);

public sealed record HeardConnect(ProcessFacts Process, byte[] Address, ushort Port, byte Protocol);
