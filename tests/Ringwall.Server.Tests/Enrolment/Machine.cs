using System.Security.Cryptography;
using Ringwall.Wire.Fleet;
using Ringwall.Wire.Probation;

namespace Ringwall.Server.Tests.Enrolment;

/// <summary>A machine with a key of its own, as an agent has one.</summary>
internal sealed class Machine : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string PublicKey => Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo());

    public string Device => DeviceIdentity.Of(_key.ExportSubjectPublicKeyInfo());

    public EnrolRequest Enrol(string joinToken) => new()
    {
        JoinToken = joinToken,
        PublicKey = PublicKey,
        Proof = Sign(DeviceProof.Enrol(joinToken, PublicKey)),
        Name = "build-7",
        Cell = new MachineCell("debian 12", "6.1.0-28-amd64", "x64", [new CellSensor("yara", "4.5", "7")]),
        Host = "0.1.0",
    };

    public SessionRequest Session(long at) => new(Device, at, Sign(DeviceProof.Session(Device, at)));

    public string Sign(byte[] text) => Convert.ToBase64String(_key.SignData(text, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

    public void Dispose() => _key.Dispose();
}
