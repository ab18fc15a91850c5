using System.Security.Cryptography;
using System.Text;
using Ringwall.Trust;

namespace Ringwall.Dashboard.Tests.Stage;

/// <summary>Whoever holds keys offline: the operator's root and the vendors' own. What they sign is what their command line would write.</summary>
internal sealed class Signers
{
    private const string Passphrase = "only for tests";

    private readonly ISigner[] _root = [NewKey(), NewKey()];
    private readonly EcdsaSigner _targets = NewKey();
    private readonly Dictionary<string, ISigner> _vendors = [];
    private readonly Dictionary<string, TargetsMetadata> _published = [];
    private readonly PublicKey _online;

    /// <param name="folder">Gets the keys that the server signs with, and their passphrase.</param>
    public Signers(string folder)
    {
        string sealedKey = KeyFile.Seal(ECDsa.Create(ECCurve.NamedCurves.nistP256), Passphrase);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "online.pem"), sealedKey);
        PassphraseFile = folder + "-passphrase";
        File.WriteAllText(PassphraseFile, Passphrase + "\n");
        _online = KeyFile.ReadPublic(sealedKey);
    }

    public string PassphraseFile { get; }

    /// <summary>Opens both repositories and signs vendors in.</summary>
    public async Task OpenAsync(Client @operator, params string[] vendors)
    {
        foreach (string repository in (string[])["vendors", "director"])
        {
            RootDraft root = new() { Expires = DateTimeOffset.UtcNow.AddYears(1) };
            Array.ForEach(_root, key => root.AddKey(RoleName.Root, key.Key));
            root.SetThreshold(RoleName.Root, 2).AddKey(RoleName.Snapshot, _online).AddKey(RoleName.Timestamp, _online).AddKey(RoleName.Targets, repository == "vendors" ? _targets.Key : _online);
            await @operator.SendAsync($"/api/v1/repositories/{repository}/root", FileSigning.Sign(root.Body(), _root));
        }

        TargetsDraft draft = new(null) { Expires = DateTimeOffset.UtcNow.AddYears(1) };
        foreach (string vendor in vendors)
        {
            _vendors[vendor] = NewKey();
            draft.Delegate(vendor, [_vendors[vendor].Key], 1, [$"{vendor}/*/*"]);
        }

        await @operator.SendAsync("/api/v1/repositories/vendors/targets", FileSigning.Sign(draft.Body(), _targets));
    }

    /// <summary>Sends packages and publishes them, signed by their vendor.</summary>
    public async Task PublishAsync(Client vendor, string version, params string[] paths)
    {
        string name = paths[0].Split('/')[0];
        TargetsDraft draft = new(_published.GetValueOrDefault(name)) { Expires = DateTimeOffset.UtcNow.AddDays(90) };
        foreach (string path in paths)
        {
            byte[] package = Encoding.UTF8.GetBytes($"the package of {path}");
            await vendor.SendAsync("/api/v1/vendor/packages", package);
            draft.Set(new TargetFile(path, package.Length, DigestSet.Of(package), new VendorStatement(version, null, null).Describe()));
        }

        byte[] file = FileSigning.Sign(draft.Body(), _vendors[name]);
        await vendor.SendAsync("/api/v1/vendor/targets", file);
        _published[name] = TargetsMetadata.ReadDraft(file);
    }

    private static EcdsaSigner NewKey() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));
}
