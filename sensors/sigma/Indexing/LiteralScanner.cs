using System.Runtime.InteropServices;

namespace Ringwall.Sensors.Sigma.Indexing;

/// <summary>
/// Finds literals in a text in one pass over it, however many they are (Aho and Corasick, Efficient string matching, CACM 18(6), 1975). Transitions
/// are written out for every state, over classes of characters: all characters that no literal has are one class, and characters beyond ASCII share a few.
/// So a literal with such characters may be reported where it is not; one that is there is always reported.
/// </summary>
internal sealed class LiteralScanner
{
    private const int Root = 0;

    /// <summary>A power of two. More would make every state larger for the sake of literals that are rare.</summary>
    private const int WideClasses = 32;

    private readonly int _firstWideClass;
    private readonly byte[] _asciiClasses = new byte[128];
    private readonly int _classCount;
    private readonly int[] _next;
    private readonly int[][] _found;
    private readonly (int Length, bool AtStart, bool AtEnd)[] _literals;

    /// <summary>Literal number i is what <see cref="Scan"/> reports as i. None may be empty.</summary>
    public LiteralScanner(IReadOnlyList<RequiredLiteral> literals)
    {
        _literals = [.. literals.Select(literal => (literal.Folded.Length, literal.AtStart, literal.AtEnd))];
        char[] characters = [.. literals.SelectMany(literal => literal.Folded).Distinct()];
        _classCount = 1;
        foreach (char c in characters.Where(char.IsAscii))
        {
            _asciiClasses[c] = (byte)_classCount++;
        }

        if (!characters.All(char.IsAscii))
        {
            _firstWideClass = _classCount;
            _classCount += WideClasses;
        }

        List<int[]> trie = [NewState()];
        List<List<int>> found = [[]];
        for (int i = 0; i < literals.Count; i++)
        {
            int state = Root;
            foreach (char c in literals[i].Folded)
            {
                ref int next = ref trie[state][ClassOf(c)];
                if (next < 0)
                {
                    next = trie.Count;
                    trie.Add(NewState());
                    found.Add([]);
                }

                state = next;
            }

            found[state].Add(i);
        }

        Complete(trie, found);
        _next = [.. trie.SelectMany(state => state)];
        _found = [.. found.Select(each => each.ToArray())];
    }

    /// <summary>Adds to <paramref name="hits"/> the number of each literal that stands in the text, in its place; some more than once.</summary>
    public void Scan(ReadOnlySpan<char> folded, List<int> hits)
    {
        int state = Root;
        for (int i = 0; i < folded.Length; i++)
        {
            state = _next[(state * _classCount) + ClassOf(folded[i])];
            foreach (int literal in _found[state])
            {
                (int length, bool atStart, bool atEnd) = _literals[literal];
                if ((!atStart || i + 1 == length) && (!atEnd || i + 1 == folded.Length))
                {
                    hits.Add(literal);
                }
            }
        }
    }

    private int ClassOf(char c)
    {
        if (c < _asciiClasses.Length)
        {
            return _asciiClasses[c];
        }

        return _firstWideClass == 0 ? 0 : _firstWideClass + (c & (WideClasses - 1));
    }

    private int[] NewState()
    {
        int[] state = new int[_classCount];
        Array.Fill(state, -1);
        return state;
    }

    /// <summary>Breadth first, so that the state to fall back to, which is shorter, is always complete already.</summary>
    private static void Complete(List<int[]> trie, List<List<int>> found)
    {
        int[] fallback = new int[trie.Count];
        var queue = new Queue<int>();
        foreach (ref int next in trie[Root].AsSpan())
        {
            if (next < 0)
            {
                next = Root;
            }
            else
            {
                queue.Enqueue(next);
            }
        }

        while (queue.TryDequeue(out int state))
        {
            for (int c = 0; c < trie[state].Length; c++)
            {
                int shorter = trie[fallback[state]][c];
                ref int next = ref trie[state][c];
                if (next < 0)
                {
                    next = shorter;
                    continue;
                }

                fallback[next] = shorter;
                found[next].AddRange(CollectionsMarshal.AsSpan(found[shorter]));
                queue.Enqueue(next);
            }
        }
    }
}
