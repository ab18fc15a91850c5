using Ringwall.Contract;

namespace Ringwall.Host.Generations.Probation.Synthetic;

/// <summary>An event that did not happen.</summary>
/// <param name="Says">What is special about it.</param>
/// <param name="Source">Who subscribes to this source may be told.</param>
/// <param name="Event">Its bytes.</param>
internal sealed record SyntheticTell(string Says, TellKinds Source, byte[] Event);
