using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Ringwall.Wire;
using Ringwall.Wire.Packages;

namespace Ringwall.Cli.Packing;

/// <summary>
/// Builds a package. The same folders give the same bytes: files in the order of their names, times at the beginning of 1970, owner 0, nothing of the machine or the day.
/// </summary>
internal static class PackageWriter
{
    private const string SensorFile = "sensor.json";
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <exception cref="CommandException">Something in the folders is no part of a package, or cannot be read.</exception>
    public static PackageManifest Write(string file, PackOrder order)
    {
        try
        {
            List<(string Source, PackagedFile File)> files =
            [
                .. order.Engine is null ? [] : List(order.Engine, PackagePath.Engine),
                .. order.Content is null ? [] : List(order.Content, PackagePath.Content),
            ];
            files.Sort((a, b) => string.CompareOrdinal(a.File.Path, b.File.Path));
            PackageManifest manifest = Describe(order, [.. files.Select(one => one.File)]);
            RefuseTooMuch(order, manifest);
            string beside = $"{file}.new";
            using (FileStream to = new(beside, FileMode.Create, FileAccess.Write))
            {
                Write(to, manifest, files);
            }

            File.Move(beside, file, overwrite: true);
            return manifest;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.NotDone, file, refused.Message.TrimEnd('.'), "nothing was packed");
        }
    }

    private static void Write(Stream to, PackageManifest manifest, List<(string Source, PackagedFile File)> files)
    {
        using GZipStream packed = new(to, CompressionLevel.Optimal);
        using TarWriter tar = new(packed, TarEntryFormat.Gnu);
        using (MemoryStream json = new(JsonSerializer.SerializeToUtf8Bytes(manifest, PackageJson.Pages.PackageManifest)))
        {
            tar.WriteEntry(Entry(PackageManifest.FileName, executable: false, json));
        }

        foreach ((string source, PackagedFile file) in files)
        {
            using FileStream bytes = File.OpenRead(source);
            tar.WriteEntry(Entry(file.Path, file.Executable, bytes));
        }
    }

    private static GnuTarEntry Entry(string name, bool executable, Stream bytes) => new(TarEntryType.RegularFile, name)
    {
        ModificationTime = DateTimeOffset.UnixEpoch,
        AccessTime = default,
        ChangeTime = default,
        Uid = 0,
        Gid = 0,
        UserName = "",
        GroupName = "",
        Mode = executable ? Readable | Executable : Readable,
        DataStream = bytes,
    };

    private static List<(string Source, PackagedFile File)> List(string folder, string under)
    {
        if (!Directory.Exists(folder))
        {
            throw new CommandException(ExitCode.Usage, folder, "there is no such folder", "name one");
        }

        List<(string, PackagedFile)> files = [];
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false }))
        {
            string path = $"{under}/{Path.GetRelativePath(folder, entry.FullName)}";
            if (entry.LinkTarget is not null || (entry.Attributes & FileAttributes.Device) != 0)
            {
                throw new CommandException(ExitCode.Usage, entry.FullName, "a package has files and folders only, and this is a link or a device", "put the file itself there");
            }

            if (entry is DirectoryInfo)
            {
                continue;
            }

            if (PackagePath.Fault(path) is { } fault)
            {
                throw new CommandException(ExitCode.Usage, entry.FullName, $"as {path} it cannot be packed: {fault}", "rename it");
            }

            using FileStream bytes = File.OpenRead(entry.FullName);
            files.Add((entry.FullName, new PackagedFile
            {
                Path = path,
                Bytes = bytes.Length,
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
                Executable = under == PackagePath.Engine && (entry.UnixFileMode & UnixFileMode.UserExecute) != 0,
            }));
        }

        return files.Count > 0 ? files : throw new CommandException(ExitCode.Usage, folder, "it is empty", "name the folder with the files");
    }

    private static PackageManifest Describe(PackOrder order, IReadOnlyList<PackagedFile> files)
    {
        EngineDescription? engine = order.Engine is null ? null : EngineDescription.Read(Path.Combine(order.Engine, SensorFile));
        if (engine is not null && order.Sensor is { } named && named != engine.Name)
        {
            throw new CommandException(ExitCode.Usage, "--sensor", $"the engine's {SensorFile} says {engine.Name}", "leave it out");
        }

        return new PackageManifest
        {
            Sensor = engine?.Name ?? order.Sensor!,
            Vendor = order.Vendor ?? engine?.Vendor ?? "",
            Version = order.Version,
            Engine = engine is null ? null : new PackagedEngine { Version = engine.Version, Reads = engine.Reads },
            Content = order.Content is null ? null : new PackagedContent
            {
                Version = order.ContentVersion ?? order.Version,
                Schema = order.Schema is null ? null : SchemaFile.Read(order.Schema),
            },
            Files = files,
        };
    }

    private static void RefuseTooMuch(PackOrder order, PackageManifest manifest)
    {
        long bytes = manifest.Files.Sum(file => file.Bytes);
        if (manifest.Files.Count > PackageLimits.Files || bytes > PackageLimits.Bytes)
        {
            throw new CommandException(
                ExitCode.Usage, order.Engine ?? order.Content!, $"{manifest.Files.Count:N0} files with {bytes:N0} bytes are more than a package may have", $"leave it at {PackageLimits.Files:N0} and {PackageLimits.Bytes:N0}");
        }
    }
}
