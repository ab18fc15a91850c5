using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Ringwall.Wire;
using Ringwall.Wire.Packages;

namespace Ringwall.Cli.Packing;

/// <summary>What a package says of itself, read from its first entry alone. It was made by whoever signs it now; devices read it with more care.</summary>
internal static class PackageHead
{
    /// <exception cref="CommandException">It is no package.</exception>
    public static PackageManifest Read(string file)
    {
        try
        {
            using TarReader tar = new(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
            if (tar.GetNextEntry() is { Name: PackageManifest.FileName, Length: <= PackageLimits.ManifestBytes, DataStream: { } json })
            {
                return JsonSerializer.Deserialize(json, PackageJson.Default.PackageManifest) ?? throw new JsonException("it is empty");
            }

            throw new JsonException($"{PackageManifest.FileName} is not what it begins with");
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException or InvalidDataException or JsonException or FormatException)
        {
            throw new CommandException(ExitCode.Usage, file, $"it is no package: {broken.Message.TrimEnd('.')}", "`ringwall pack` makes one");
        }
    }
}
