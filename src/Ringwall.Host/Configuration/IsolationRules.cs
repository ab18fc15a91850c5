namespace Ringwall.Host.Configuration;

/// <summary>Who still reaches the network while this machine is isolated from it.</summary>
internal sealed record IsolationRules
{
    /// <summary>User ids: the way by which updates come, and by which a person comes to mend it.</summary>
    public IReadOnlyList<int> AllowUsers { get; init; } = [];
}
