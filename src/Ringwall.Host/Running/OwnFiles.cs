using Ringwall.Host.Configuration;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Processes;

namespace Ringwall.Host.Running;

/// <summary>
/// Ringwall's own programs and what they need to start. Nobody is asked about them: a sensor that denied one could keep its own successor from starting.
/// </summary>
/// <param name="Files">As they were at the start: an inode that is used again for somebody's file is not ours.</param>
internal sealed record OwnFiles(IReadOnlyList<FileIdentity> Files)
{
    /// <summary>Device and inode of each.</summary>
    public IEnumerable<(ulong Device, ulong Inode)> Keys => Files.Select(file => (file.Device, file.Inode));

    private static readonly string[] Programs = ["ringwalld", "ringwall-keeper", "ringwall-launcher", "ringwall-agent", "ringwall"];

    public static OwnFiles Find(HostConfiguration configuration)
    {
        IEnumerable<string> paths =
        [
            .. Programs.Select(name => Path.Combine(AppContext.BaseDirectory, name)),
            .. ProgramLoaders.Paths,
            .. configuration.Sensors.SelectMany(sensor => Directory.Exists(sensor.Folder) ? Directory.EnumerateFiles(sensor.Folder) : []),
        ];
        List<FileIdentity> files = [];
        foreach (string path in paths)
        {
            if (OpenFile.TryStat(path, out FileState state) && state.IsRegular)
            {
                files.Add(state.Identity);
            }
        }

        return new OwnFiles(files);
    }
}
