namespace Ringwall.Host.Generations.Probation.Synthetic;

/// <summary>
/// Rows of levels in which every two levels of every two factors come together at least once. Greedy, one row at a time: Cohen, Dalal, Fredman and Patton,
/// "The AETG system", IEEE Transactions on Software Engineering 23(7), 1997. The same seed gives the same rows.
/// </summary>
internal static class CoveringArray
{
    /// <param name="sizes">How many levels each factor has.</param>
    /// <param name="seed">Any.</param>
    /// <returns>In each row a level for each factor.</returns>
    public static IReadOnlyList<int[]> Pairs(IReadOnlyList<int> sizes, int seed)
    {
        Random random = new(seed);
        HashSet<(int, int, int, int)> open = [];
        for (int first = 0; first < sizes.Count; first++)
        {
            for (int second = first + 1; second < sizes.Count; second++)
            {
                for (int pair = 0; pair < sizes[first] * sizes[second]; pair++)
                {
                    open.Add((first, pair / sizes[second], second, pair % sizes[second]));
                }
            }
        }

        List<int[]> rows = [];
        while (open.Count > 0)
        {
            int[] row = Row(sizes, open, random);
            open.RemoveWhere(pair => row[pair.Item1] == pair.Item2 && row[pair.Item3] == pair.Item4);
            rows.Add(row);
        }

        // One factor makes no pairs.
        return rows.Count > 0 || sizes.Count == 0 ? rows : [.. Enumerable.Range(0, sizes[0]).Select(level => new[] { level })];
    }

    private static int[] Row(IReadOnlyList<int> sizes, HashSet<(int First, int Level, int Second, int With)> open, Random random)
    {
        int[] row = new int[sizes.Count];
        Array.Fill(row, -1);

        // Begun with a pair that is open, so that each row covers one at least and this ends.
        (int first, int level, int second, int with) = open.First();
        row[first] = level;
        row[second] = with;
        int[] order = [.. Enumerable.Range(0, sizes.Count)];
        random.Shuffle(order);
        foreach (int factor in order.Where(factor => row[factor] < 0))
        {
            int best = -1;
            int offset = random.Next(sizes[factor]);
            for (int i = 0; i < sizes[factor]; i++)
            {
                int candidate = (i + offset) % sizes[factor];
                int gain = Gain(row, factor, candidate, open);
                if (gain > best)
                {
                    best = gain;
                    row[factor] = candidate;
                }
            }
        }

        return row;

        static int Gain(int[] row, int factor, int level, HashSet<(int, int, int, int)> open)
        {
            int gain = 0;
            for (int other = 0; other < row.Length; other++)
            {
                if (other != factor && row[other] >= 0)
                {
                    bool isOpen = open.Contains(other < factor ? (other, row[other], factor, level) : (factor, level, other, row[other]));
                    gain += isOpen ? 1 : 0;
                }
            }

            return gain;
        }
    }
}
