using System.Globalization;

namespace Ringwall.Host.Running;

/// <summary>How to start the keeper, and how the keeper is to start the host.</summary>
/// <param name="Keeper">The keeper's program.</param>
/// <param name="Host">The host's program, then its arguments.</param>
/// <param name="Owner">The process whose end ends everything; null when there is none.</param>
internal sealed record KeeperPrograms(string Keeper, IReadOnlyList<string> Host, int? Owner)
{
    /// <summary>The variable in which a keeper tells its host who owns them.</summary>
    public const string OwnerVariable = "RINGWALL_OWNER";

    /// <summary>As this host was started, with the keeper's program beside the host's.</summary>
    public static KeeperPrograms OfThisProcess(IReadOnlyList<string> arguments)
    {
        string host = Environment.ProcessPath ?? throw new InvalidOperationException("This process has no program file.");
        string? owner = Environment.GetEnvironmentVariable(OwnerVariable);
        return new KeeperPrograms(
            Path.Combine(Path.GetDirectoryName(host)!, "ringwall-keeper"),
            [host, .. arguments],
            int.TryParse(owner, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : null);
    }

    public IReadOnlyList<string> AdoptingArguments(int hostPid)
    {
        List<string> arguments = [Keeper, "--adopt", hostPid.ToString(CultureInfo.InvariantCulture)];
        if (Owner is { } owner)
        {
            arguments.AddRange(["--owner", owner.ToString(CultureInfo.InvariantCulture)]);
        }

        return [.. arguments, "--", .. Host];
    }
}
