using System.Collections.Concurrent;
using Ringwall.Host.Configuration;

namespace Ringwall.Host.Responses;

// Owns:     which generations did too much.
// Threads:  any; nothing here waits.

/// <summary>Decides what becomes of a generation's acts when it falls back.</summary>
/// <param name="rule">By policy.</param>
/// <param name="undo">Takes back what a generation did; must not wait.</param>
/// <param name="offer">Says to an operator what could be done.</param>
/// <param name="count">How many acts of a generation could be taken back.</param>
internal sealed class FallbackUndo(UndoOnFallback rule, Action<string, long> undo, Func<string, long, int> count, Action<string> offer)
{
    private readonly ConcurrentDictionary<(string Sensor, long Generation), bool> _overBudget = new();

    /// <summary>A budget of this generation is spent. Before it falls back.</summary>
    public void Distrust(string sensor, long generation) => _overBudget[(sensor, generation)] = true;

    public void FellBack(string sensor, long generation)
    {
        bool overBudget = _overBudget.TryRemove((sensor, generation), out _);
        int acts = count(sensor, generation);
        if (acts == 0)
        {
            return;
        }

        if (rule == UndoOnFallback.Always || (rule == UndoOnFallback.Budget && overBudget))
        {
            undo(sensor, generation);
        }
        else
        {
            offer($"sensor {sensor}: generation {generation} had done {acts} things that can be taken back; `ringwall undo {sensor} --generation {generation}` does it");
        }
    }
}
