// Owns:     where tell events come from, the hub, and their delivery.
// Threads:  Start and Dispose by whoever runs the host.
// Ordering: the kernel's programs are attached before the process table is read, so that nothing falls in between.

using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Contract;
using Ringwall.Host.Deliver;
using Ringwall.Host.Deliver.Tells;
using Ringwall.Host.Intake.Asks;
using Ringwall.Host.Intake.Tells;
using Ringwall.Kernel;
using Ringwall.Kernel.Bpf;
using Ringwall.Kernel.Fanotify;
using Ringwall.Kernel.Mounts;
using Ringwall.Kernel.Namespaces;
using Ringwall.Kernel.Netlink;
using Ringwall.Kernel.Tells;
using Ringwall.Wire.Status;

namespace Ringwall.Host.Running;

/// <summary>Everything that tells: made of what this kernel gives, and of the next best thing where it does not.</summary>
internal sealed class TellIntake : IDisposable
{
    /// <summary>For trying the next best thing on a kernel that gives the best.</summary>
    public const string WithoutBpfVariable = "RINGWALL_WITHOUT_BPF";

    // All of it is resident memory. 4 MiB are a second of the fastest storm that this was measured with.
    private const int RingBytes = 4 << 20;
    private static readonly TellKinds[] Sources = [TellKinds.Process, TellKinds.File, TellKinds.Network];
    private readonly AskContext _asks;
    private readonly FileTells? _files;
    private IProcessTells? _kernel;
    private ProcessTells? _processes;
    private volatile FeatureUse[] _features = [];   // replaced whole: status may be asked for while we start
    private readonly Action<string> _tell;

    /// <param name="asks">Gives the process table, and who is ours.</param>
    /// <param name="changes">Hears of file changes first.</param>
    /// <param name="mounts">Mount points to watch; null for every local filesystem.</param>
    /// <param name="tell">Hears what is missing.</param>
    public TellIntake(AskContext asks, IFileChanges changes, IReadOnlyCollection<string>? mounts, Action<string> tell)
    {
        _asks = asks;
        _tell = tell;
        Delivery = new TellDelivery(Hub);
        _files = Files(new FileTellContext
        {
            Hub = Hub,
            Processes = asks.Processes,
            Changes = changes,
            Own = asks.Own,
            Watches = mount => mounts is null || mounts.Contains(Encoding.UTF8.GetString(mount.Point)),
            CatchUp = () => _processes?.CatchUp(),
        });
    }

    public TellHub Hub { get; } = new();

    public TellDelivery Delivery { get; }

    public IReadOnlyList<string> Notes => _files?.Notes ?? [];

    /// <summary>Which kernel feature does which work.</summary>
    public IReadOnlyList<FeatureUse> Features => _features;

    /// <summary>Loading the kernel's programs is most of this; the sensors start meanwhile.</summary>
    public void Start()
    {
        Delivery.Start();
        _kernel = Kernel(PidNamespace.IsInitial);
        if (_kernel is not null)
        {
            _processes = new ProcessTells(_kernel, _asks.Processes, Hub);
            _processes.Start();
        }

        _files?.Start();
    }

    public IReadOnlyList<SourceFigures> Figures() => [.. Sources.Select(Figures)];

    /// <summary>What a seated sensor was told, and what it lost by not taking it.</summary>
    public (long Told, long Lost) ToldAndLost(SensorSeat seat)
    {
        (long told, long lost) = (0, 0);
        foreach (TellKinds source in Sources)
        {
            SourceCounts counts = Delivery.Counts(seat, source);
            told += counts.Delivered;
            lost += counts.Lost;
        }

        return (told, lost);
    }

    public void Dispose()
    {
        _files?.Dispose();
        _processes?.Dispose();
        _kernel?.Dispose();
        Delivery.Dispose();
    }

    private void Use(FeatureUse use) => _features = [.. _features, use];

    private SourceFigures Figures(TellKinds source)
    {
        (long events, long lost, bool exact) = Hub.Figures(source);
        return new SourceFigures(source.ToString().ToLowerInvariant(), events, lost, exact);
    }

    private IProcessTells? Kernel(bool numbersMatch)
    {
        if (numbersMatch)
        {
            return (IProcessTells?)Programs() ?? Connector();
        }

        // The kernel would name processes by other numbers than ours: every event would be put to the wrong one.
        _tell("processes and connections are not told: this is not the initial pid namespace; start the host outside of the container (docker: --pid=host)");
        Use(new FeatureUse("process events", "nothing", "the initial pid namespace"));
        Use(new FeatureUse("network events", "nothing", "the initial pid namespace"));
        return null;
    }

    private TellPrograms? Programs()
    {
        if (Environment.GetEnvironmentVariable(WithoutBpfVariable) is "1")
        {
            _tell($"{WithoutBpfVariable} is set: BPF is not used");
            Use(new FeatureUse("network events", "nothing", "BPF cgroup connect4/6"));
            return null;
        }

        if (!CgroupTree.TryOpenRoot(MountTable.Read(), out SafeFileHandle? cgroup, out string? noCgroup))
        {
            _tell($"connections are not told: {noCgroup}");
        }

        using SafeFileHandle? root = cgroup;
        TellPrograms? programs = null;
        try
        {
            programs = LoadedWith(root) ?? TellPrograms.Load(RingBytes, connections: false);
            programs.AttachProcesses();
            Use(new FeatureUse("process events", "BPF tp_btf, ring buffer", null));
            return programs;
        }
        catch (KernelException refused)
        {
            programs?.Dispose();
            _tell($"BPF cannot be used: {refused.Message}");
            return null;
        }
    }

    // Where only connections cannot be told, processes still can.
    private TellPrograms? LoadedWith(SafeFileHandle? root)
    {
        TellPrograms? programs = null;
        try
        {
            if (root is not null)
            {
                programs = TellPrograms.Load(RingBytes, connections: true);
                programs.AttachConnections(root);
                Use(new FeatureUse("network events", "BPF cgroup connect4/6", null));
                return programs;
            }
        }
        catch (KernelException refused)
        {
            programs?.Dispose();
            _tell($"connections are not told: {refused.Message}");
        }

        Use(new FeatureUse("network events", "nothing", "BPF cgroup connect4/6"));
        return null;
    }

    private ProcessConnector? Connector()
    {
        try
        {
            ProcessConnector connector = ProcessConnector.Open();
            Use(new FeatureUse("process events", "process connector and /proc", "BPF tp_btf, ring buffer"));
            return connector;
        }
        catch (KernelException refused)
        {
            _tell($"processes are not told: {refused.Message}");
            Use(new FeatureUse("process events", "nothing", "process connector"));
            return null;
        }
    }

    private FileTells? Files(FileTellContext context)
    {
        try
        {
            ChangeGroup group = ChangeGroup.Create();
            Use(new FeatureUse("file events", group.TellsRenames ? "fanotify, FAN_RENAME" : "fanotify, renames in halves", group.TellsRenames ? null : "FAN_RENAME"));
            return new FileTells(group, context);
        }
        catch (KernelException refused)
        {
            _tell($"files are not told, and verdicts about them are remembered by the host only: {refused.Message}");
            Use(new FeatureUse("file events", "nothing", "fanotify with directory identifiers and names"));
            return null;
        }
    }
}
