using Ringwall.Host.Generations.Shadows;

namespace Ringwall.Host.Generations.Probation;

/// <summary>What candidate and current generation have cost since live events are seen. Guarded by its owner's lock.</summary>
internal sealed class LiveCosts(TimeSpan began, GenerationUse candidate, GenerationUse? current)
{
    private readonly Span _candidate = new(candidate);
    private readonly Span? _current = current is { } use ? new Span(use) : null;

    public TimeSpan Began { get; } = began;

    /// <summary>Live events that the candidate was told.</summary>
    public long Told => _candidate.Told;

    public GenerationCost Candidate => _candidate.Cost;

    public GenerationCost? Current => _current?.Cost;

    /// <summary>Takes the latest readings.</summary>
    public void Look(GenerationUse its, GenerationUse? others)
    {
        _candidate.Look(its);
        if (others is { } use)
        {
            _current?.Look(use);
        }
    }

    private sealed class Span(GenerationUse first)
    {
        private GenerationUse _first = first;
        private GenerationUse _last = first;
        private long? _memoryMost = first.MemoryBytes;

        public long Told => _last.Told - _first.Told;

        public GenerationCost Cost => new()
        {
            Events = _last.Asked - _first.Asked + Told,
            Asked = _last.Asked - _first.Asked,
            Missed = _last.Missed - _first.Missed,
            CpuTime = _last.CpuTime - _first.CpuTime,
            MemoryBytes = _memoryMost,
            Findings = _last.Findings - _first.Findings,
        };

        public void Look(GenerationUse now)
        {
            // Started anew in between: counted from there.
            if (now.Asked < _last.Asked || now.Told < _last.Told || now.CpuTime < _last.CpuTime)
            {
                _first = new GenerationUse { CpuTime = now.CpuTime is null ? null : TimeSpan.Zero };
            }

            _last = now;
            _memoryMost = now.MemoryBytes > (_memoryMost ?? 0) ? now.MemoryBytes : _memoryMost;
        }
    }
}
