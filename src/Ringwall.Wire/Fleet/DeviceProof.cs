using System.Globalization;
using System.Text;

namespace Ringwall.Wire.Fleet;

/// <summary>
/// The texts that a device signs with its key: ECDSA with SHA-256, the signature in the form of IEEE P1363 (64 bytes), in base64. Each begins with what it is for, so that one can never
/// stand for the other.
/// </summary>
public static class DeviceProof
{
    public static byte[] Enrol(string joinToken, string publicKey) => Encoding.UTF8.GetBytes($"ringwall-enrol\n{joinToken}\n{publicKey}");

    public static byte[] Session(string device, long at) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"ringwall-session\n{device}\n{at}"));
}
