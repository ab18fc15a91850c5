using System.Security.Cryptography;
using System.Text.Json;
using Ringwall.Trust;
using Ringwall.Wire;
using Ringwall.Wire.Api;

namespace Ringwall.Cli.Ceremony;

/// <summary>
/// What a vendor keeps: its name and public keys (vendor.json, which it hands to the operator), keys/, the targets file that was published last, the draft of the next, and the packages that it lists.
/// </summary>
internal sealed class VendorFolder(string folder)
{
    public string Folder { get; } = folder;

    public string RegistrationFile => Path.Combine(Folder, "vendor.json");

    public string Keys => Path.Combine(Folder, "keys");

    public string TargetsFile => Path.Combine(Folder, "targets.json");

    public string DraftFile => Path.Combine(Folder, "targets.draft.json");

    public VendorRegistration Registration => ReadRegistration(RegistrationFile);

    /// <summary>As it was published last, by this vendor's own keys; null before the first.</summary>
    /// <exception cref="CommandException">Others have signed it: former keys, perhaps.</exception>
    public TargetsMetadata? Published
    {
        get
        {
            if (File.Exists(TargetsFile) && !IsLastOurs)
            {
                throw new CommandException(ExitCode.NotDone, TargetsFile, "it is not signed by the keys in vendor.json", "if it was signed by former keys of yours, `ringwall vendor sign --renew` shows what is in it and signs it anew");
            }

            return File.Exists(TargetsFile) ? RepositoryFolder.Read(TargetsFile, Verified) : null;
        }
    }

    /// <summary>The same, whoever has signed it: after a change of keys the former ones have. To be shown and signed anew, and not to be believed.</summary>
    public TargetsMetadata? Last => File.Exists(TargetsFile) ? RepositoryFolder.Read(TargetsFile, TargetsMetadata.ReadDraft) : null;

    /// <summary>Whether what was published last is signed by keys that are this vendor's.</summary>
    public bool IsLastOurs
    {
        get
        {
            (RoleKeys who, IReadOnlyDictionary<string, PublicKey> keys) = Who();
            return File.Exists(TargetsFile) && RepositoryFolder.Read(TargetsFile, bytes => SigningState.Of("", who, keys, bytes)).IsEnough;
        }
    }

    /// <summary>
    /// The next targets file, signed by nobody, by some or by enough; null when nothing is to be published. A draft of what was published meanwhile, from here or elsewhere, is none: its number is taken.
    /// </summary>
    public TargetsMetadata? Draft => File.Exists(DraftFile) && RepositoryFolder.Read(DraftFile, TargetsMetadata.ReadDraft) is var draft && draft.Version > (Last?.Version ?? 0) ? draft : null;

    public static VendorRegistration ReadRegistration(string file)
    {
        try
        {
            VendorRegistration registration = JsonSerializer.Deserialize(File.ReadAllBytes(file), ApiJson.Default.VendorRegistration) ?? throw new JsonException("it is empty");
            return ReleasePath.IsName(registration.Name) && registration.Keys.Count > 0 && registration.Threshold >= 1 && registration.Threshold <= registration.Keys.Count
                ? registration
                : throw new JsonException("it has no such name, no keys, or a threshold that they cannot reach");
        }
        catch (Exception broken) when (broken is JsonException or IOException or UnauthorizedAccessException or NullReferenceException)
        {
            throw new CommandException(ExitCode.Usage, file, $"it is no vendor's registration: {broken.Message.TrimEnd('.')}", "`ringwall vendor init` makes one");
        }
    }

    public void Create(VendorRegistration registration)
    {
        Directory.CreateDirectory(Path.Combine(Folder, "packages"));
        RepositoryFolder.Store(RegistrationFile, [.. JsonSerializer.SerializeToUtf8Bytes(registration, ApiJson.Lines.VendorRegistration), (byte)'\n']);
    }

    public TargetsMetadata Verified(byte[] file)
    {
        (RoleKeys who, IReadOnlyDictionary<string, PublicKey> keys) = Who();
        return TargetsMetadata.Read(file, who, keys, Registration.Name);
    }

    public SigningState State()
    {
        (RoleKeys who, IReadOnlyDictionary<string, PublicKey> keys) = Who();
        return RepositoryFolder.Read(DraftFile, bytes => SigningState.Of($"the keys of {Registration.Name}", who, keys, bytes));
    }

    /// <summary>Where a package is kept until it is published: under its digest.</summary>
    public string Package(string sha256) => Path.Combine(Folder, "packages", $"{sha256}.tar.gz");

    /// <summary>Keeps a copy, so that what was signed is what is sent.</summary>
    public TargetFile Take(string package, ReleasePath path, VendorStatement statement)
    {
        try
        {
            string sha256;
            long length;
            using (FileStream from = File.OpenRead(package))
            {
                sha256 = Convert.ToHexStringLower(SHA256.HashData(from));
                length = from.Length;
            }

            if (!File.Exists(Package(sha256)))
            {
                string beside = $"{Package(sha256)}.new";
                File.Copy(package, beside, overwrite: true);
                File.Move(beside, Package(sha256));
            }

            return new TargetFile(path.Text, length, DigestSet.OfSha256(sha256), statement.Describe());
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.NotDone, package, refused.Message.TrimEnd('.'), "nothing was signed");
        }
    }

    private (RoleKeys Who, IReadOnlyDictionary<string, PublicKey> Keys) Who()
    {
        VendorRegistration registration = Registration;
        PublicKey[] keys = [.. registration.Keys.Select(KeyOf)];
        return (new RoleKeys([.. keys.Select(key => key.Id)], registration.Threshold), keys.ToDictionary(key => key.Id));
    }

    private PublicKey KeyOf(string pem)
    {
        try
        {
            return KeyFile.ReadPublic(pem);
        }
        catch (KeyFileException broken)
        {
            throw new CommandException(ExitCode.Usage, RegistrationFile, broken.Message, "`ringwall vendor init` makes one");
        }
    }
}
