using System.Globalization;

namespace Ringwall.Keeper;

/// <summary>
/// ringwall-keeper [--owner PID] [--adopt HOST-PID] -- HOST [ARGUMENT]…
/// </summary>
/// <param name="Owner">End when this process ends; null to live on.</param>
/// <param name="Adopt">A running host that lost its keeper and started this one; null to start one.</param>
/// <param name="Host">The host's program, then its arguments.</param>
internal sealed record KeeperOptions(int? Owner, int? Adopt, IReadOnlyList<string> Host)
{
    public const string Usage =
        """
        usage: ringwall-keeper [--owner PID] [--adopt HOST-PID] -- HOST [ARGUMENT]...

        Holds the kernel's permission group, starts the host, and answers by policy while no host does.

          --owner PID        end, and the host with it, when process PID ends
          --adopt HOST-PID   watch a host that already runs (it starts its new keeper this way)
          --help             this text

        Exit codes: 0 ended as told, 1 failed, 2 bad arguments, 3 a right is missing, 4 the kernel lacks permission events;
        a first host that ends by itself before it is ready gives its own.
        """;

    /// <returns>Null when the arguments cannot be used; <paramref name="reason"/> says why.</returns>
    public static KeeperOptions? Parse(IReadOnlyList<string> arguments, out string reason)
    {
        int? owner = null;
        int? adopt = null;
        for (int i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--owner" when i + 1 < arguments.Count && TryPid(arguments[i + 1], out int pid):
                    owner = pid;
                    i++;
                    break;
                case "--adopt" when i + 1 < arguments.Count && TryPid(arguments[i + 1], out int pid):
                    adopt = pid;
                    i++;
                    break;
                case "--" when i + 1 < arguments.Count:
                    reason = "";
                    return new KeeperOptions(owner, adopt, [.. arguments.Skip(i + 1)]);
                default:
                    reason = $"'{arguments[i]}' is not understood, or its value is not a process number";
                    return null;
            }
        }

        reason = "the host's program is missing; give it after --";
        return null;
    }

    private static bool TryPid(string text, out int pid) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out pid) && pid > 0;
}
