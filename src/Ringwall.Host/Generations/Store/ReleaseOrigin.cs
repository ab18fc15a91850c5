using Ringwall.Wire.Packages;

namespace Ringwall.Host.Generations.Store;

/// <summary>A signed release, and what the package that claims to be it has to say of itself. The signatures are over the package's bytes; this keeps a signed package from standing in for another one.</summary>
/// <param name="Path">Where the release lies in both repositories.</param>
/// <param name="Sensor">Whose it is, as package.json names it.</param>
/// <param name="Version">As the vendor signed it.</param>
/// <param name="Schema">Hash of the content's schema, as the vendor signed it; null when not said.</param>
/// <param name="IsEngine">Whether it replaces the engine, or the content.</param>
internal sealed record ReleaseOrigin(string Path, string Sensor, string Version, string? Schema, bool IsEngine)
{
    /// <exception cref="StoreException">The package is another.</exception>
    public void RequireFit(PackageManifest manifest)
    {
        string? wrong = manifest switch
        {
            _ when manifest.Sensor != Sensor => $"it is for {manifest.Sensor}, and the release for {Sensor}",
            _ when manifest.Version != Version => $"it says version {manifest.Version}, and the release {Version}",
            _ when IsEngine && manifest.Engine is null => "it brings no engine",
            _ when !IsEngine && (manifest.Engine is not null || manifest.Content is null) => "it brings something else than content",
            _ when Schema is not null && manifest.Content?.Schema?.Hash != Schema => "its content was written for another schema than the release says",
            _ => null,
        };
        if (wrong is not null)
        {
            throw new StoreException(StoreFault.Manifest, Path, wrong, "ask the vendor");
        }
    }
}
