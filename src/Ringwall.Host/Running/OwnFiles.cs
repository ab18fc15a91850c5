using Ringwall.Host.Configuration;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Running;

/// <summary>
/// Ringwall's own programs and what they need to start. Nobody is asked about them: a sensor that denied one could keep its own successor from starting.
/// </summary>
/// <param name="Keys">Device and inode.</param>
internal sealed record OwnFiles(IReadOnlyList<(ulong Device, ulong Inode)> Keys)
{
    private static readonly string[] Programs = ["ringwalld", "ringwall-keeper", "ringwall-launcher", "ringwall"];
    private static readonly string[] Loaders = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"];

    public static OwnFiles Find(HostConfiguration configuration)
    {
        IEnumerable<string> paths =
        [
            .. Programs.Select(name => Path.Combine(AppContext.BaseDirectory, name)),
            .. Loaders,
            .. configuration.Sensors.SelectMany(sensor => Directory.Exists(sensor.Folder) ? Directory.EnumerateFiles(sensor.Folder) : []),
        ];
        List<(ulong, ulong)> keys = [];
        foreach (string path in paths)
        {
            if (OpenFile.TryStat(path, out FileState state) && state.IsRegular)
            {
                keys.Add((state.Identity.Device, state.Identity.Inode));
            }
        }

        return new OwnFiles(keys);
    }
}
