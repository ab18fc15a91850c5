using System.Net.Http.Json;
using System.Security.Cryptography;
using Ringwall.Server.Running;
using Ringwall.Trust;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Tests.Releases;

/// <summary>The people who hold keys offline: root, the vendors' targets, and each vendor its own. What they sign is what their command line would write.</summary>
internal sealed class SigningParty
{
    private const string Passphrase = "only for tests";

    // Sealing and opening a key takes a tenth of a second on purpose: one is enough for all online roles of all tests.
    private static readonly Lazy<(string Folder, string PassphraseFile, PublicKey Key, ISigner Signer)> Online = new(() =>
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ringwall-online-");
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string text = KeyFile.Seal(key, Passphrase);
        File.WriteAllText(Path.Combine(folder.FullName, "online.pem"), text);
        string passphrase = Path.Combine(folder.FullName, "passphrase");
        File.WriteAllText(passphrase, Passphrase + "\n");
        return (folder.FullName, passphrase, KeyFile.ReadPublic(text), new EcdsaSigner(key));
    });

    private readonly Dictionary<string, ISigner> _vendors = [];
    private readonly Dictionary<string, TargetsMetadata> _published = [];
    private TargetsMetadata? _targets;

    /// <summary>The key that the server signs with: for those who steal it.</summary>
    public static ISigner OnlineKey => Online.Value.Signer;

    public ISigner[] Root { get; } = [NewKey(), NewKey(), NewKey()];

    public ISigner Targets { get; } = NewKey();

    public static ServerOptions With(ServerOptions options) => options with { OnlineKeys = Online.Value.Folder, OnlinePassphraseFile = Online.Value.PassphraseFile };

    public static ISigner NewKey() => new EcdsaSigner(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public ISigner Vendor(string name)
    {
        if (!_vendors.TryGetValue(name, out ISigner? key))
        {
            _vendors[name] = key = NewKey();
        }

        return key;
    }

    /// <summary>The first root of a repository, signed by two of three.</summary>
    public byte[] FirstRoot(DateTimeOffset now, string repository, PublicKey? online = null)
    {
        PublicKey key = online ?? Online.Value.Key;
        RootDraft draft = new() { Expires = now.AddYears(1) };
        Array.ForEach(Root, root => draft.AddKey(RoleName.Root, root.Key));
        draft.SetThreshold(RoleName.Root, 2).AddKey(RoleName.Snapshot, key).AddKey(RoleName.Timestamp, key).AddKey(RoleName.Targets, repository == "vendors" ? Targets.Key : key);
        return FileSigning.Sign(draft.Body(), Root[0], Root[1]);
    }

    public byte[] VendorsFile(DateTimeOffset now, params string[] vendors)
    {
        TargetsDraft draft = new(_targets) { Expires = now.AddYears(1) };
        foreach (string vendor in vendors)
        {
            draft.Delegate(vendor, [Vendor(vendor).Key], 1, [$"{vendor}/*/*"]);
        }

        byte[] file = FileSigning.Sign(draft.Body(), Targets);
        _targets = TargetsMetadata.ReadDraft(file);
        return file;
    }

    /// <summary>A vendor's next targets file.</summary>
    public byte[] Sign(string vendor, DateTimeOffset now, Action<TargetsDraft> change, ISigner? by = null)
    {
        TargetsDraft draft = new(_published.GetValueOrDefault(vendor)) { Expires = now.AddDays(90) };
        change(draft);
        return FileSigning.Sign(draft.Body(), by ?? Vendor(vendor));
    }

    public void Keep(string vendor, byte[] file) => _published[vendor] = TargetsMetadata.ReadDraft(file);

    public static TargetFile Release(string path, byte[] package, string version = "1", string? wayBackFrom = null) =>
        new(path, package.Length, DigestSet.Of(package), new VendorStatement(version, null, wayBackFrom).Describe());

    /// <summary>Both roots and the vendors, published by an operator.</summary>
    public async Task OpenAsync(HttpClient @operator, DateTimeOffset now, params string[] vendors)
    {
        foreach (string repository in (string[])["vendors", "director"])
        {
            await PostAsync(@operator, $"/api/v1/repositories/{repository}/root", FirstRoot(now, repository));
        }

        await PostAsync(@operator, "/api/v1/repositories/vendors/targets", VendorsFile(now, vendors));
    }

    /// <summary>Sends a package and publishes it.</summary>
    public async Task<PublicationReply> PublishAsync(HttpClient client, string vendor, DateTimeOffset now, string path, byte[] package, string? wayBackFrom = null)
    {
        await SendAsync(client, package);
        byte[] file = Sign(vendor, now, draft => draft.Set(Release(path, package, "1", wayBackFrom)));
        PublicationReply reply = await PostAsync(client, "/api/v1/vendor/targets", file);
        Keep(vendor, file);
        return reply;
    }

    public static async Task<PackageReceipt> SendAsync(HttpClient client, byte[] package)
    {
        using HttpResponseMessage answer = await client.PostAsync("/api/v1/vendor/packages", new ByteArrayContent(package), TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (await answer.Content.ReadFromJsonAsync<PackageReceipt>(TestContext.Current.CancellationToken))!;
    }

    public static async Task<PublicationReply> PostAsync(HttpClient client, string path, byte[] file)
    {
        using HttpResponseMessage answer = await client.PostAsync(path, new ByteArrayContent(file), TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (await answer.Content.ReadFromJsonAsync<PublicationReply>(TestContext.Current.CancellationToken))!;
    }
}
