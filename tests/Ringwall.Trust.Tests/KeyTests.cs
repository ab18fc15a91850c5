using System.Security.Cryptography;
using System.Text;

namespace Ringwall.Trust.Tests;

public sealed class KeyTests
{
    private static readonly byte[] Message = Encoding.UTF8.GetBytes("a message");

    public static TheoryData<string> Kinds => ["ecdsa", "rsa", "ed25519"];

    [Theory, MemberData(nameof(Kinds))]
    public void A_signature_fits_its_message_and_its_key_alone(string kind)
    {
        ISigner signer = New(kind);
        byte[] signature = signer.Sign(Message);
        PublicKey key = PublicKey.Read(signer.Key.Value);
        Assert.True(key.IsUsable);
        Assert.True(key.Verifies(Message, signature));
        Assert.False(key.Verifies([.. Message, 0], signature));
        Assert.False(key.Verifies([], signature));
        Assert.False(New(kind == "ed25519" ? "other ed25519" : kind).Key.Verifies(Message, signature));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void No_changed_signature_verifies_or_throws(string kind)
    {
        ISigner signer = New(kind);
        byte[] signature = signer.Sign(Message);
        for (int i = 0; i < signature.Length; i += kind == "ecdsa" ? 1 : 5)
        {
            byte[] changed = [.. signature];
            changed[i] ^= (byte)(1 << (i % 8));
            Assert.False(signer.Key.Verifies(Message, changed), $"with byte {i} changed");
        }

        for (int length = 0; length < signature.Length; length += 7)
        {
            Assert.False(signer.Key.Verifies(Message, signature.AsSpan(0, length)));
        }

        Assert.False(signer.Key.Verifies(Message, [.. signature, 0]));
        Assert.False(signer.Key.Verifies(Message, new byte[signature.Length]));
    }

    [Theory]
    [InlineData("ecdsa", "ecdsa-sha2-nistp256", true)]
    [InlineData("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", true)]
    [InlineData("ecdsa", "ecdsa-sha2-nistp384", false)]
    [InlineData("rsa", "ecdsa-sha2-nistp256", false)]
    [InlineData("rsa", "rsassa-pss-sha256", false)]
    [InlineData("ed25519", "ed25519", false)]
    public void Kind_and_scheme_must_fit_the_key(string keyType, string scheme, bool usable)
    {
        MetaValue.Map value = TestKeys.New().Key.Value.With("keytype", MetaValue.Of(keyType)).With("scheme", MetaValue.Of(scheme));
        Assert.Equal(usable, PublicKey.Read(value).IsUsable);
    }

    [Fact]
    public void A_key_of_another_kind_is_kept_and_verifies_nothing()
    {
        PublicKey key = PublicKey.Read(MetaReader.ReadMap("""{"keytype":"ml-dsa","scheme":"ml-dsa-65","keyval":{"seen":"by others"}}"""u8));
        Assert.False(key.IsUsable);
        Assert.False(key.Verifies(Message, []));
        Assert.Equal("", key.Material);
    }

    [Fact]
    public void Weak_or_foreign_keys_are_not_usable()
    {
        using RSA weak = RSA.Create(1024);
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using ECDsa right = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string pem = right.ExportSubjectPublicKeyInfoPem();
        Assert.False(PublicKey.Of(weak).IsUsable);
        Assert.False(PublicKey.Of(other).IsUsable);
        Assert.True(WithPem("ecdsa", pem).IsUsable);
        Assert.True(WithPem("ecdsa", $"\n{pem.Replace("\n", "\r\n", StringComparison.Ordinal)}\n").IsUsable);
        Assert.False(WithPem("ecdsa", right.ExportPkcs8PrivateKeyPem()).IsUsable);
        Assert.False(WithPem("ecdsa", pem + "\n" + pem).IsUsable);
        Assert.False(WithPem("ecdsa", "hidden " + pem).IsUsable);
        Assert.False(WithPem("ecdsa", pem.Replace("MFkw", "MFk!", StringComparison.Ordinal)).IsUsable);
        Assert.False(WithPem("ecdsa", pem.Replace("MFkw", "MFkx", StringComparison.Ordinal)).IsUsable);
        Assert.False(WithPem("ecdsa", "").IsUsable);
        Assert.False(WithPem("ecdsa", pem + new string(' ', 5_000)).IsUsable);
    }

    [Fact]
    public void Two_spellings_have_one_material_and_two_keys_have_two()
    {
        ISigner signer = TestKeys.New();
        string pem = ((MetaValue.Text)((MetaValue.Map)signer.Key.Value.Fields["keyval"]).Fields["public"]).Value;
        PublicKey spelt = WithPem("ecdsa-sha2-nistp256", pem.Trim());
        Assert.NotEqual(signer.Key.Id, spelt.Id);
        Assert.Equal(signer.Key.Material, spelt.Material);
        Assert.NotEqual(TestKeys.New().Key.Material, spelt.Material);
    }

    [Fact]
    public void An_identifier_is_the_digest_of_the_canonical_form()
    {
        PublicKey key = PublicKey.OfEd25519(Convert.FromHexString("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
        const string canonical = """{"keytype":"ed25519","keyval":{"public":"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"},"scheme":"ed25519"}""";
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))), key.Id);
    }

    private static PublicKey WithPem(string keyType, string pem) => PublicKey.Read(MetaValue.Map.Empty
        .With("keytype", MetaValue.Of(keyType))
        .With("scheme", MetaValue.Of("ecdsa-sha2-nistp256"))
        .With("keyval", MetaValue.Map.Empty.With("public", MetaValue.Of(pem))));

    private static ISigner New(string kind) => kind switch
    {
        "ecdsa" => TestKeys.New(),
        "rsa" => TestKeys.NewRsa(),
        "ed25519" => TestKeys.NewEd25519(1),
        _ => TestKeys.NewEd25519(2),
    };
}
