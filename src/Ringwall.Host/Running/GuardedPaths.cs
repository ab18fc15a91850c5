using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Host.Configuration;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Running;

/// <summary>
/// The configured paths as the kernel names what lies below them: with links followed. Compared as written, a guarded /var/run, /bin or a linked /home would guard nothing.
/// </summary>
internal static class GuardedPaths
{
    /// <param name="configuration">Paths as an operator wrote them.</param>
    /// <param name="tell">Hears of each path that guards nothing, or something else than it seems to.</param>
    public static HostConfiguration Resolve(HostConfiguration configuration, Action<string> tell) => configuration with
    {
        Guard = [.. configuration.Guard.Select(path => Resolve("guard", path, tell)).Distinct()],
        Mounts = [.. configuration.Mounts.Select(path => Resolve("mounts", path, tell)).Distinct()],
    };

    private static string Resolve(string key, string path, Action<string> tell)
    {
        using SafeFileHandle? held = LocalPath.TryHold(path, out string refusal);
        if (held is null)
        {
            tell($"{key}: {refusal}; nothing is guarded there now, and later only what comes to lie at just this path, not behind a link");
            return path;
        }

        Span<byte> name = stackalloc byte[OpenFile.LongestPath];
        string leads = Encoding.UTF8.GetString(name[..OpenFile.TryReadPath((int)held.DangerousGetHandle(), name)]);
        if (leads != path)
        {
            tell($"{key}: {path} leads to {leads}, and that is what is guarded");
        }

        return leads;
    }
}
