using System.Security.Cryptography;
using Ringwall.Wire.Fleet;

namespace Ringwall.Agent.Enrolling;

/// <summary>The device's own key, ECDSA on P-256. It is made here, is readable by the agent's user alone, and never leaves the device.</summary>
internal sealed class DeviceKey : IDisposable
{
    private const string Name = "key.pem";
    private readonly ECDsa _key;

    private DeviceKey(ECDsa key)
    {
        _key = key;
        byte[] publicKey = key.ExportSubjectPublicKeyInfo();
        PublicKey = Convert.ToBase64String(publicKey);
        Device = DeviceIdentity.Of(publicKey);
    }

    /// <summary>As SubjectPublicKeyInfo in base64.</summary>
    public string PublicKey { get; }

    /// <summary>Which device that makes this.</summary>
    public string Device { get; }

    /// <summary>Reads the key; makes one when there is none.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    /// <exception cref="AgentException">What lies there is no key, or others may read it.</exception>
    public static DeviceKey Open(string stateDirectory)
    {
        string path = Path.Combine(stateDirectory, Name);
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            if (!File.Exists(path))
            {
                AgentFiles.Replace(path, System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
                return new DeviceKey(key);
            }

            if ((File.GetUnixFileMode(path) & ~AgentFiles.Private) != 0)
            {
                throw new AgentException($"{path}: others may read it; `chmod 600` it if nobody has, else remove it and enrol anew");
            }

            key.ImportFromPem(File.ReadAllText(path));
            return new DeviceKey(key);
        }
        catch (Exception none) when (none is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new AgentException($"{path}: this is no key: {none.Message.TrimEnd('.')}; remove it and enrol anew", none);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>A proof as <see cref="DeviceProof"/> describes it.</summary>
    public string Sign(byte[] text) => Convert.ToBase64String(_key.SignData(text, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

    public void Dispose() => _key.Dispose();
}
