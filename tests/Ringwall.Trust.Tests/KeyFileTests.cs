using System.Diagnostics;
using System.Security.Cryptography;

namespace Ringwall.Trust.Tests;

/// <summary>Private keys in files.</summary>
public sealed class KeyFileTests
{
    private const string Passphrase = "a long passphrase";

    [Fact]
    public void A_key_comes_out_of_its_file_and_signs()
    {
        using ECDsa ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using RSA rsa = RSA.Create(2048);
        foreach (AsymmetricAlgorithm key in (AsymmetricAlgorithm[])[ecdsa, rsa])
        {
            string file = KeyFile.Seal(key, Passphrase);
            using OpenedKey opened = KeyFile.Open(file, Passphrase);
            Assert.True(opened.Key.Verifies([1, 2], opened.Sign([1, 2])));
            Assert.Equal(opened.Key.Id, KeyFile.ReadPublic(file).Id);
            Assert.Equal(opened.Key.Id, KeyFile.ReadPublic(KeyFile.Pem(opened.Key)).Id);
            Assert.True(KeyFile.HasPrivate(file));
            Assert.False(KeyFile.HasPrivate(KeyFile.Pem(opened.Key)));
        }
    }

    [Fact]
    public void Another_passphrase_opens_it_only_after_it_was_changed()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string file = KeyFile.Seal(key, Passphrase);
        Assert.Equal(KeyFileFault.WrongPassphrase, Refused(file, "another passphrase"));
        using OpenedKey opened = KeyFile.Open(file, Passphrase);
        string changed = opened.Seal("another passphrase");
        Assert.Equal(KeyFileFault.WrongPassphrase, Refused(changed, Passphrase));
        KeyFile.Open(changed, "another passphrase").Dispose();
        Assert.Equal(KeyFileFault.ShortPassphrase, Assert.Throws<KeyFileException>(() => KeyFile.Seal(key, "short")).Fault);
    }

    [Fact]
    public void A_file_that_was_put_together_or_holds_no_such_key_is_refused()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa long521 = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        string file = KeyFile.Seal(key, Passphrase);
        string halves = KeyFile.Pem(PublicKey.Of(other)) + file[file.IndexOf("-----BEGIN ENCRYPTED", StringComparison.Ordinal)..];
        Assert.Equal(KeyFileFault.OtherKey, Refused(halves, Passphrase));
        Assert.Equal(KeyFileFault.NoKeyFile, Refused(file + file, Passphrase));
        Assert.Equal(KeyFileFault.NoKeyFile, Refused("", Passphrase));
        Assert.Equal(KeyFileFault.NoKeyFile, Refused(KeyFile.Pem(PublicKey.Of(key)), Passphrase));
        Assert.Equal(KeyFileFault.UnknownKind, Assert.Throws<KeyFileException>(() => KeyFile.Seal(long521, Passphrase)).Fault);
        Assert.Equal(KeyFileFault.UnknownKind, Refused(long521.ExportSubjectPublicKeyInfoPem(), Passphrase));
    }

    [Fact]
    public async Task Other_people_s_program_opens_it_and_needs_the_passphrase()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, KeyFile.Seal(key, Passphrase));
        Assert.Equal(0, await OpenSsl(file, Passphrase));
        Assert.NotEqual(0, await OpenSsl(file, "another passphrase"));
        File.Delete(file);
    }

    [Theory]
    [InlineData("00", false)]
    [InlineData("01", false)]
    [InlineData("04", false)]
    [InlineData("010002", false)]
    [InlineData("010000000000000001", false)]
    [InlineData("03", true)]
    [InlineData("010001", true)]
    [InlineData("8000000000000001", true)]
    public void An_RSA_key_has_an_odd_exponent_above_one_of_at_most_eight_bytes(string exponent, bool isUsable)
    {
        using RSA rsa = RSA.Create(2048);
        PublicKey key = PublicKey.Read(MetaValue.Map.Empty.With("keytype", MetaValue.Of("rsa")).With("scheme", MetaValue.Of("rsassa-pss-sha256")).With(
            "keyval", MetaValue.Map.Empty.With("public", MetaValue.Of(RsaPem(rsa.ExportParameters(false).Modulus!, Convert.FromHexString(exponent))))));
        Assert.Equal(isUsable, key.IsUsable);
    }

    // Written by hand: the framework would refuse to make most of them.
    private static string RsaPem(byte[] modulus, byte[] exponent)
    {
        byte[] key = Der(0x30, [.. Der(0x02, [0, .. modulus]), .. Der(0x02, exponent[0] >= 0x80 ? [0, .. exponent] : exponent)]);
        byte[] kind = Der(0x30, [.. Der(0x06, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]), .. Der(0x05, [])]);
        return PemEncoding.WriteString("PUBLIC KEY", Der(0x30, [.. kind, .. Der(0x03, [0, .. key])]));
    }

    private static byte[] Der(byte tag, byte[] content) => content.Length switch
    {
        < 0x80 => [tag, (byte)content.Length, .. content],
        < 0x100 => [tag, 0x81, (byte)content.Length, .. content],
        _ => [tag, 0x82, (byte)(content.Length >> 8), (byte)content.Length, .. content],
    };

    private static KeyFileFault Refused(string file, string passphrase) => Assert.Throws<KeyFileException>(() => KeyFile.Open(file, passphrase)).Fault;

    private static async Task<int> OpenSsl(string file, string passphrase)
    {
        using Process openssl = Process.Start(new ProcessStartInfo("openssl", ["pkey", "-in", file, "-passin", $"pass:{passphrase}", "-noout"]) { RedirectStandardError = true })!;
        await openssl.WaitForExitAsync(TestContext.Current.CancellationToken);
        return openssl.ExitCode;
    }
}
