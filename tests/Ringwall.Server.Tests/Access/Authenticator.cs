using System.Buffers.Binary;
using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Ringwall.Server.Tests.Access;

/// <summary>A security key in software: makes what a browser's navigator.credentials gives (WebAuthn level 3, sections 5.1.3 and 5.1.4), and wrong ones on demand.</summary>
internal sealed record Authenticator(string Origin, string Domain) : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _id = RandomNumberGenerator.GetBytes(16);
    private readonly uint[] _counter = [10];
    private string? _userHandle;
    private bool _forge;
    private bool _verified = true;
    private uint? _count;

    public Authenticator With(string? origin = null, bool forgeSignature = false, bool userVerified = true, string? userHandle = null, uint? count = null) =>
        this with { Origin = origin ?? Origin, _forge = forgeSignature, _verified = userVerified, _userHandle = userHandle is null ? _userHandle : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(userHandle)), _count = count };

    public string Create(string options)
    {
        JsonElement wanted = JsonDocument.Parse(options).RootElement;
        _userHandle = wanted.GetProperty("user").GetProperty("id").GetString()!;
        byte[] attested = [.. new byte[16], 0, (byte)_id.Length, .. _id, .. PublicKey()];
        CborWriter attestation = new();
        attestation.WriteStartMap(3);
        attestation.WriteTextString("fmt");
        attestation.WriteTextString("none");
        attestation.WriteTextString("attStmt");
        attestation.WriteStartMap(0);
        attestation.WriteEndMap();
        attestation.WriteTextString("authData");
        attestation.WriteByteString([.. Head(0x40), .. attested]);
        attestation.WriteEndMap();
        return Credential(new
        {
            clientDataJSON = Url(ClientData("webauthn.create", wanted)),
            attestationObject = Url(attestation.Encode()),
            transports = (string[])["usb"],
        });
    }

    public string Get(string options)
    {
        byte[] client = ClientData("webauthn.get", JsonDocument.Parse(options).RootElement);
        byte[] head = Head(0);
        byte[] signature = _key.SignData([.. head, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        signature[^1] ^= (byte)(_forge ? 1 : 0);
        return Credential(new { clientDataJSON = Url(client), authenticatorData = Url(head), signature = Url(signature), userHandle = _userHandle });
    }

    public void Dispose() => _key.Dispose();

    private static string Url(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private string Credential(object response) => JsonSerializer.Serialize(new
    {
        id = Url(_id),
        rawId = Url(_id),
        type = "public-key",
        clientExtensionResults = new { },
        response,
    });

    private byte[] ClientData(string type, JsonElement options) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        type,
        challenge = options.GetProperty("challenge").GetString(),
        origin = Origin,
        crossOrigin = false,
    });

    /// <summary>Section 6.1: hash of the domain, flags (present, verified, and what is asked for), count.</summary>
    private byte[] Head(byte flags)
    {
        byte[] head = new byte[37];
        SHA256.HashData(Encoding.UTF8.GetBytes(Domain)).CopyTo(head, 0);
        head[32] = (byte)(flags | 0x01 | (_verified ? 0x04 : 0));
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(33), _count ?? ++_counter[0]);
        return head;
    }

    /// <summary>COSE_Key of RFC 9053, section 7.1: EC2, ES256, P-256.</summary>
    private byte[] PublicKey()
    {
        ECParameters key = _key.ExportParameters(includePrivateParameters: false);
        CborWriter cose = new(CborConformanceMode.Ctap2Canonical);
        cose.WriteStartMap(5);
        cose.WriteInt32(1);
        cose.WriteInt32(2);
        cose.WriteInt32(3);
        cose.WriteInt32(-7);
        cose.WriteInt32(-1);
        cose.WriteInt32(1);
        cose.WriteInt32(-2);
        cose.WriteByteString(key.Q.X!);
        cose.WriteInt32(-3);
        cose.WriteByteString(key.Q.Y!);
        cose.WriteEndMap();
        return cose.Encode();
    }
}
