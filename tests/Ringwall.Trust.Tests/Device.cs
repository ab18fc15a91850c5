namespace Ringwall.Trust.Tests;

/// <summary>A device with a disk in memory: carries out what Trust asks for, and notes it.</summary>
internal sealed class Device
{
    private readonly IReadOnlyDictionary<string, byte[]> _served;
    private readonly Func<DateTimeOffset> _now;
    private readonly TrustLimits? _limits;

    public Device(SimulatedRepository repository, TrustLimits? limits = null)
        : this(repository.FirstRoot, repository.Served, () => repository.Now, limits)
    {
    }

    public Device(byte[] root, IReadOnlyDictionary<string, byte[]> served, Func<DateTimeOffset> now, TrustLimits? limits = null)
    {
        _served = served;
        _now = now;
        _limits = limits;
        Disk[RoleName.Root] = root;
    }

    /// <summary>What survives a restart, by role.</summary>
    public Dictionary<string, byte[]> Disk { get; } = [];

    /// <summary>File names that were asked for, since the last refresh or download began.</summary>
    public List<string> Requests { get; } = [];

    public TrustedRepository Trusted { get; private set; } = null!;

    /// <summary>Stands in the way: gets a file name and what is served, gives what arrives.</summary>
    public Func<string, byte[]?, byte[]?> Network { get; set; } = (_, content) => content;

    /// <summary>Starts anew from its disk, as after a restart, and refreshes.</summary>
    public void Refresh()
    {
        Requests.Clear();
        Trusted = TrustedRepository.Load(Disk, _limits);
        Run(Trusted.Refresh(_now()));
        Assert.Equal(Disk.Keys.Order(), Trusted.Files.Keys.Order());
    }

    public RejectionReason RefreshRefused() => Assert.Throws<UpdateRejectedException>(Refresh).Reason;

    public TargetSearch Search(string path)
    {
        TargetSearch search = Trusted.Search(path);
        Run(search);
        return search;
    }

    public TargetFile Find(string path) => Search(path).Found;

    public RejectionReason FindRefused(string path) => Assert.Throws<UpdateRejectedException>(() => Find(path)).Reason;

    public byte[] Download(string path)
    {
        TargetFile file = Find(path);
        string name = $"targets/{file.PathToFetch(Trusted.Root.IsConsistentSnapshot)}";
        byte[] content = Network(name, _served.GetValueOrDefault(name)) ?? [];
        using ContentCheck check = file.NewCheck();
        foreach (byte[] piece in content.Chunk(7))
        {
            check.Append(piece);
        }

        check.Finish();
        return content;
    }

    /// <summary>Version of what is on the disk.</summary>
    public long? Version(string role) => Disk.TryGetValue(role, out byte[]? content) ? SignedFile.Read(content).Body.Number("version", 1) : null;

    public (long?, long?, long?, long?) Versions => (Version(RoleName.Root), Version(RoleName.Timestamp), Version(RoleName.Snapshot), Version(RoleName.Targets));

    private void Run(IEnumerable<UpdateStep> steps)
    {
        foreach (UpdateStep step in steps)
        {
            switch (step)
            {
                case UpdateStep.Fetch fetch:
                    Requests.Add(fetch.FileName);
                    if (Network(fetch.FileName, _served.GetValueOrDefault(fetch.FileName)) is { } content)
                    {
                        fetch.Supply(content);
                    }

                    break;
                case UpdateStep.Keep keep:
                    Disk[keep.Role] = keep.Content;
                    break;
                case UpdateStep.Forget forget:
                    Disk.Remove(forget.Role);
                    break;
            }
        }
    }
}
