using Ringwall.Wire.Status;

namespace Ringwall.Host.Control;

/// <summary>Which tell events a follower wants. Losses always pass: whoever filters must still learn that something is missing.</summary>
internal sealed class EventFilter
{
    private readonly HashSet<string>? _kinds;
    private readonly string? _path;

    /// <param name="kinds">Names of <see cref="EventKinds"/>; null or empty for all.</param>
    /// <param name="path">Only events about a path that begins with this, or by a program that does; null for all.</param>
    public EventFilter(IReadOnlyList<string>? kinds, string? path)
    {
        _kinds = kinds is { Count: > 0 } ? [.. kinds.SelectMany(EventKinds.Meant)] : null;
        _path = path;
    }

    public bool Wants(string kind) => kind == EventKinds.Loss || _kinds is null || _kinds.Contains(kind);

    public bool Wants(EventLine line) => Wants(line.Kind)
        && (_path is null || line.Kind == EventKinds.Loss || Begins(line.Path) || Begins(line.NewPath) || Begins(line.Actor?.Executable));

    private bool Begins(string? path) => path is not null && path.StartsWith(_path!, StringComparison.Ordinal);
}
