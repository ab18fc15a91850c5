namespace Ringwall.Bench.Sides;

/// <summary>What guards the field while it is measured. Disposing ends it and leaves nothing behind.</summary>
internal interface ISide : IDisposable
{
    /// <summary>Its processes, whose CPU time counts.</summary>
    public IReadOnlyList<int> Processes { get; }
}
