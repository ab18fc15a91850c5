using System.Diagnostics.Metrics;

namespace Ringwall.Server.Running.Metrics;

/// <summary>What this server counts itself. Modules with numbers of their own make a meter from the same factory, named "Ringwall.Server.MODULE".</summary>
internal sealed class ServerMeter
{
    public const string Prefix = "Ringwall.Server";

    private readonly Counter<long> _problems;

    public ServerMeter(IMeterFactory factory) =>
        _problems = factory.Create(Prefix).CreateCounter<long>("ringwall.problems", unit: "{problem}", description: "Requests that were answered with a problem, by its type.");

    /// <summary>The meters that are published: ours, and those of the framework that an operator looks at.</summary>
    public static IReadOnlyList<string> Published { get; } =
        [Prefix, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting", "System.Runtime", "Npgsql"];

    public static bool IsPublished(string meter) => Published.Contains(meter) || meter.StartsWith(Prefix + ".", StringComparison.Ordinal);

    public void Problem(ProblemType type) => _problems.Add(1, new KeyValuePair<string, object?>("type", type.Name));
}
