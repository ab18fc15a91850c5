namespace Ringwall.Host.Configuration;

/// <summary>A configuration, or everything that is wrong with it.</summary>
/// <param name="Configuration">Null when there are problems.</param>
/// <param name="Problems">All of them, so that an operator mends a file once.</param>
internal sealed record ConfigurationResult(HostConfiguration? Configuration, IReadOnlyList<ConfigurationProblem> Problems);
