using Ringwall.Host.Configuration;

namespace Ringwall.Host.Decide.Guardrails;

/// <summary>What the protected set is put together from.</summary>
internal sealed record ProtectionSources
{
    /// <summary>Where the system lies: "/" but for tests.</summary>
    public string Root { get; init; } = "/";

    /// <summary>As `uname -r` says it.</summary>
    public required string KernelRelease { get; init; }

    /// <summary>Ringwall's own folders: programs, store, configuration.</summary>
    public IReadOnlyList<string> Own { get; init; } = [];

    /// <summary>Below <see cref="Own"/>, what is not ours: files that were taken from users.</summary>
    public IReadOnlyList<string> NotOwn { get; init; } = [];

    /// <summary>What the operator adds and takes out.</summary>
    public ProtectConfiguration Configured { get; init; } = new();

    /// <summary>Those of the machine that this host runs on.</summary>
    public static ProtectionSources OfMachine(HostConfiguration configuration) => new()
    {
        KernelRelease = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        Own = [Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory), configuration.StateDirectory, "/etc/ringwall"],
        NotOwn = [Path.Join(configuration.StateDirectory, "vault")],
        Configured = configuration.Protect,
    };
}
