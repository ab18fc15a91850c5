using Ringwall.Bench.Running;

namespace Ringwall.Bench.Sides;

/// <summary>bench/c/responder.c: the least that can answer.</summary>
internal sealed class CResponder : ISide
{
    private readonly Tool _responder;

    public CResponder(Workshop workshop, int? cpu)
    {
        _responder = Tool.Start(cpu, workshop.Compiled("responder"), workshop.Field);
        _responder.Expect("ready");
    }

    public IReadOnlyList<int> Processes => [_responder.Pid];

    public void Dispose() => _responder.Dispose();
}
