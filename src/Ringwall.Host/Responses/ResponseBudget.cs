using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Findings;

namespace Ringwall.Host.Responses;

// Owns:     which generations were told that they are over their budget.
// Threads:  the responses thread alone.

/// <summary>So many responses of one generation in an hour. Counted from the journal, so that neither the sensor's restart nor the host's gives it new ones.</summary>
internal sealed class ResponseBudget(UndoJournal journal, int perHour, TimeProvider clock, BudgetTripped tripped)
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);
    private readonly HashSet<(string Sensor, long Generation)> _over = [];

    /// <returns>Why there is no room; null when there is.</returns>
    public Refusal? Check(FindingSource from)
    {
        // Not by the wall clock: whoever sets that forward would give out new ones.
        TimeSpan since = clock.GetElapsedTime(0) - Window;
        int spent = journal.Acts.Count(act => act.Moment > since && act.State != ActState.Failed && act.Sensor == from.Name && act.Generation == from.Generation);
        (string Name, long Generation) who = (from.Name, from.Generation);
        if (perHour == 0 || spent < perHour)
        {
            _over.Remove(who);
            return null;
        }

        string why = $"generation {from.Generation} has had {spent} kills, quarantines, blocks and isolations within an hour, and may have {perHour} (budgets.responsesPerHour)";
        if (_over.Add(who))
        {
            tripped(from.Name, from.Generation, why);
        }

        return new Refusal(Refusal.Budget, why);
    }
}
