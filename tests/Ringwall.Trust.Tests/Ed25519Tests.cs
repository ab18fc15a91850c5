using System.Numerics;

namespace Ringwall.Trust.Tests;

/// <summary>RFC 8032, section 7.1, and what the equations of section 5.1.7 leave room for.</summary>
public sealed class Ed25519Tests
{
    private const string Identity = "0100000000000000000000000000000000000000000000000000000000000000";

    [Theory]
    [InlineData(
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    [InlineData(
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704")]
    public void The_vectors_of_the_RFC_verify(string key, string message, string signature)
    {
        Assert.True(Verifies(key, message, signature));
        Assert.False(Verifies(key, message + "00", signature));

        // S plus the order satisfies the equation, and must not count.
        byte[] changed = Convert.FromHexString(signature);
        BigInteger s = new BigInteger(changed.AsSpan(32), isUnsigned: true) + EdwardsPoint.Order;
        s.TryWriteBytes(changed.AsSpan(32), out _, isUnsigned: true);
        Assert.False(Verifies(key, message, Convert.ToHexString(changed)));
    }

    [Theory]
    [InlineData(Identity)]                                                              // order 1
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]    // order 2: y = −1
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]    // order 4: y = 0
    [InlineData("0000000000000000000000000000000000000000000000000000000000000080")]    // order 4
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")]    // order 8
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")]    // order 8
    [InlineData("0100000000000000000000000000000000000000000000000000000000000080")]    // x = 0 with a sign
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]    // y = p, not reduced
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]    // y = p + 1
    [InlineData("0200000000000000000000000000000000000000000000000000000000000000")]    // on no point
    [InlineData("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f70751")]      // too short
    [InlineData("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a00")]  // too long
    [InlineData("zz5a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")]
    public void What_is_no_key_verifies_nothing(string key) => Assert.Null(Ed25519Verifier.TryRead(key));

    [Fact]
    public void A_signature_that_every_message_would_have_under_a_weak_key_is_none()
    {
        // R = identity, S = 0: with the identity as key it fits every message. With a real key it fits none.
        string forged = Identity + new string('0', 64);
        Assert.False(Verifies("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", forged));
    }

    [Fact]
    public void Points_of_small_order_are_found_and_the_base_is_none()
    {
        Assert.True(EdwardsPoint.TryDecode(Convert.FromHexString(Identity))!.Value.HasSmallOrder);
        Assert.False(EdwardsPoint.Base.HasSmallOrder);
        EdwardsPoint whole = EdwardsPoint.SumOfMultiples(EdwardsPoint.Order, EdwardsPoint.Base, BigInteger.Zero, EdwardsPoint.Base);
        Assert.Equal(Identity, Convert.ToHexStringLower(whole.Encode()));
    }

    [Fact]
    public void Many_messages_verify_and_many_changed_ones_do_not()
    {
        ISigner signer = TestKeys.NewEd25519(9);
        Random random = new(4711);
        int refused = 0;
        for (int i = 0; i < 40; i++)
        {
            byte[] message = new byte[random.Next(300)];
            random.NextBytes(message);
            byte[] signature = signer.Sign(message);
            Assert.True(signer.Key.Verifies(message, signature), $"message {i}");
            signature[random.Next(64)] ^= (byte)(1 << random.Next(8));
            refused += signer.Key.Verifies(message, signature) ? 0 : 1;
        }

        Assert.Equal(40, refused);
    }

    private static bool Verifies(string key, string message, string signature) =>
        Ed25519Verifier.TryRead(key)!.Verifies(Convert.FromHexString(message), Convert.FromHexString(signature));
}
