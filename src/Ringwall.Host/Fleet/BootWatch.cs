// Owns:     STATE/fleet/boot.json: which boot this host runs in, and whether its host ended in peace.
// Threads:  whoever starts and ends the host.
// Ordering: what came of the boot before is a fact on the disk before that boot is forgotten: a crash between the two tells it twice, never not at all.

using System.Text.Json;
using System.Text.Json.Serialization;
using Ringwall.Host.Generations.Store;

namespace Ringwall.Host.Fleet;

/// <summary>
/// Sees that a boot ended without its host being ended: a panic, a hang that somebody cut short by the reset button, a lost current. Neither keeper nor host outlives such an end, so the
/// next boot is the first that can tell it.
/// </summary>
internal sealed class BootWatch
{
    public const string Name = "boot.json";
    private static readonly string Unknown = new('0', 32);
    private readonly string _path;
    private readonly string _boot;

    private BootWatch(string path, string boot)
    {
        _path = path;
        _boot = boot;
    }

    /// <param name="folder">Where it is kept.</param>
    /// <param name="boot">This boot's identity; zeros where the kernel gives none, and then nothing is ever told.</param>
    /// <param name="broke">The boot before broke off. Called before that is forgotten; false to be told again at the next start.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    public static BootWatch Begin(string folder, string boot, Func<bool> broke)
    {
        BootWatch watch = new(Path.Combine(folder, Name), boot);
        if (boot != Unknown && (watch.Read() is not { } last || last.Boot == boot || last.HasEnded || broke()))
        {
            watch.Write(hasEnded: false);
        }

        return watch;
    }

    /// <summary>The host ends because it was told to. What the machine does then is no sensor's doing.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public void End() => Write(hasEnded: true);

    private BootRecord? Read()
    {
        try
        {
            return File.Exists(_path) ? JsonSerializer.Deserialize(File.ReadAllBytes(_path), BootJson.Default.BootRecord) : null;
        }
        catch (JsonException)
        {
            // It says nothing about anything; the next boot has a whole one.
            return null;
        }
    }

    private void Write(bool hasEnded) => StoreFiles.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(new BootRecord(_boot, hasEnded), BootJson.Default.BootRecord));
}

/// <summary>The file.</summary>
/// <param name="Boot">As the kernel calls it.</param>
/// <param name="HasEnded">Whether its last host was told to end.</param>
internal sealed record BootRecord(string Boot, bool HasEnded);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BootRecord))]
internal sealed partial class BootJson : JsonSerializerContext;
