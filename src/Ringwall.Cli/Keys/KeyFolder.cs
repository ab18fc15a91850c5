using System.Security.Cryptography;
using Ringwall.Trust;
using Ringwall.Wire;

namespace Ringwall.Cli.Keys;

/// <summary>Key files on disk. Only their owner may read them.</summary>
internal static class KeyFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int LongestFile = 64 * 1024;

    /// <summary>Makes a key and seals it. A file that is there stays as it is.</summary>
    public static PublicKey New(string path, string passphrase, bool isRsa = false)
    {
        using AsymmetricAlgorithm key = isRsa ? RSA.Create(3072) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string text = Named(path, () => KeyFile.Seal(key, passphrase));
        Write(path, text, FileMode.CreateNew);
        return KeyFile.ReadPublic(text);
    }

    public static string Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            byte[] bytes = new byte[LongestFile + 1];
            int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return read <= LongestFile ? System.Text.Encoding.UTF8.GetString(bytes.AsSpan(0, read)) : throw new CommandException(ExitCode.Usage, path, "it is no key file: it is too long", "name one");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, path, refused.Message.TrimEnd('.'), "name a key file");
        }
    }

    /// <summary>The public half, of a sealed key or of a public key alone.</summary>
    public static PublicKey Public(string path) => Named(path, () => KeyFile.ReadPublic(Read(path)));

    public static bool HasPrivate(string path) => KeyFile.HasPrivate(Read(path));

    public static OpenedKey Open(string path, string passphrase) => Named(path, () => KeyFile.Open(Read(path), passphrase));

    /// <summary>The same key under another passphrase. Whoever is interrupted has one of the two files, whole.</summary>
    public static PublicKey Reseal(string path, string passphrase, string next)
    {
        using OpenedKey key = Open(path, passphrase);
        string beside = $"{path}.new";
        Write(beside, Named(path, () => key.Seal(next)), FileMode.Create);
        File.Move(beside, path, overwrite: true);
        return key.Key;
    }

    public static string Kind(PublicKey key) => key.KeyType == "rsa" ? "RSA, PSS" : "ECDSA, P-256";

    private static void Write(string path, string text, FileMode mode)
    {
        try
        {
            using FileStream to = new(path, new FileStreamOptions { Mode = mode, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
            to.Write(System.Text.Encoding.ASCII.GetBytes(text));
            to.Flush(flushToDisk: true);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.NotDone, path, refused.Message.TrimEnd('.'), "name another file");
        }
    }

    private static T Named<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (KeyFileException refused)
        {
            throw new CommandException(ExitCode.Usage, path, refused.Message, refused.Fault switch
            {
                KeyFileFault.WrongPassphrase => "say it again",
                KeyFileFault.ShortPassphrase => "take a longer one",
                _ => "`ringwall keys new` makes one",
            });
        }
    }
}
