using System.Collections.Concurrent;

namespace Ringwall.Sensors.Sigma.Matching;

/// <summary>Expressions of a set of rules that took too long again and again, so that they are no longer tried. Any thread may add and look.</summary>
internal sealed class GivenUpExpressions
{
    private readonly ConcurrentQueue<string> _sources = new();

    public int Count => _sources.Count;

    public IEnumerable<string> Sources => _sources;

    public void Add(string source) => _sources.Enqueue(source);
}
