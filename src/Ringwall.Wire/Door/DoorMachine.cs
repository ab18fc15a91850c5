using Ringwall.Wire.Probation;

namespace Ringwall.Wire.Door;

/// <summary>What the agent has to know of the machine before it enrols.</summary>
/// <param name="Host">The host's version.</param>
/// <param name="Cell">What kind of machine it is.</param>
/// <param name="Identity">The identity that is kept; null before the first.</param>
public sealed record DoorMachine(string Host, MachineCell Cell, DoorIdentity? Identity = null);
