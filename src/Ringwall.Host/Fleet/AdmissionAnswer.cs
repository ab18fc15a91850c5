namespace Ringwall.Host.Fleet;

/// <summary>What a release is to this device.</summary>
/// <param name="Standing">One of <see cref="Wire.Door.DoorStanding"/>.</param>
/// <param name="Because">For people.</param>
internal sealed record AdmissionAnswer(string Standing, string Because);
