namespace Ringwall.Rollouts;

/// <summary>
/// The evidence against a release as one number: the weighted mean of all e-processes. A release that does nothing reaches 1/α with probability at
/// most α, however often one looks and however the measures depend on each other (Ville 1939; the mean of e-processes is one).
/// </summary>
/// <param name="Evidence">The mean.</param>
/// <param name="Threshold">1/α.</param>
/// <param name="StandsOut">The comparisons that carry it, strongest first.</param>
public sealed record Judgement(double Evidence, double Threshold, Finding[] StandsOut)
{
    public bool IsProof => Evidence >= Threshold;

    public static Judgement Of(EvidenceLedger ledger, RolloutPolicy policy, int installed)
    {
        Measure[] measures = ledger.Measures;
        double weights = 0;
        foreach (Measure measure in measures)
        {
            weights += measure.Weight;
        }

        // Half of the say belongs to the comparisons over all cells, half to the cells one by one, so that an odd cell cannot hide.
        double scale = 0.5 / (weights * Age.Classes);
        bool few = installed < policy.MinimumDevices;
        ReadOnlySpan<double> values = ledger.Values;
        ReadOnlySpan<int> exposed = ledger.ExposedSightings;
        double above = 0;
        Span<int> best = [-1, -1, -1];
        Span<double> bestPart = stackalloc double[3];
        int index = 0;
        for (int scope = 0; scope <= ledger.Cells; scope++)
        {
            double scopeScale = scope == ledger.Cells ? scale : scale / ledger.Cells;
            foreach (Measure measure in measures)
            {
                double weight = scopeScale * measure.Weight;
                for (int age = 0; age < Age.Classes; age++, index++)
                {
                    double value = values[index];
                    if (value > 1 && (few || exposed[index] < policy.MinimumEvents))
                    {
                        value = 1;
                    }

                    double part = weight * (value - 1);
                    above += part;
                    if (part > bestPart[2])
                    {
                        Insert(best, bestPart, index, part);
                    }
                }
            }
        }

        // All weights add up to 1, and a comparison that has seen nothing is worth 1.
        double evidence = 1 + above;
        return new Judgement(evidence, 1 / policy.FalseHalt, Findings(ledger, best, bestPart, evidence));
    }

    private static void Insert(Span<int> best, Span<double> bestPart, int index, double part)
    {
        int at = part > bestPart[0] ? 0 : part > bestPart[1] ? 1 : 2;
        for (int i = 2; i > at; i--)
        {
            (best[i], bestPart[i]) = (best[i - 1], bestPart[i - 1]);
        }

        (best[at], bestPart[at]) = (index, part);
    }

    private static Finding[] Findings(EvidenceLedger ledger, ReadOnlySpan<int> best, ReadOnlySpan<double> part, double evidence)
    {
        int count = 0;
        while (count < best.Length && best[count] >= 0)
        {
            count++;
        }

        if (count == 0)
        {
            return [];
        }

        var findings = new Finding[count];
        for (int i = 0; i < count; i++)
        {
            bool pooled = best[i] >= ledger.RowsInCells;
            int within = pooled ? best[i] - ledger.RowsInCells : best[i];
            findings[i] = new Finding(
                pooled ? -1 : within / Age.Classes / ledger.Measures.Length,
                within / Age.Classes % ledger.Measures.Length,
                within % Age.Classes,
                ledger.ExposedSightings[best[i]],
                ledger.ControlSightings(best[i]),
                ledger.DueSightings(best[i]),
                ledger.Values[best[i]],
                part[i] / evidence);
        }

        return findings;
    }
}
