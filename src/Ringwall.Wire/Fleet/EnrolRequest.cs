using Ringwall.Wire.Probation;

namespace Ringwall.Wire.Fleet;

/// <summary>A machine asks to become a device of the fleet: POST /api/v1/device/enrol.</summary>
public sealed record EnrolRequest
{
    /// <summary>As the operator's page or command line gave it out.</summary>
    public required string JoinToken { get; init; }

    /// <summary>The device's own public key, ECDSA P-256, as SubjectPublicKeyInfo (RFC 5480) in base64. The private half never leaves the device.</summary>
    public required string PublicKey { get; init; }

    /// <summary>Over <see cref="DeviceProof.Enrol"/>; shows that the device has the private half.</summary>
    public required string Proof { get; init; }

    /// <summary>What people call the machine.</summary>
    public required string Name { get; init; }

    public required MachineCell Cell { get; init; }

    /// <summary>The host's version.</summary>
    public required string Host { get; init; }
}
