namespace Ringwall.Host.Generations.Probation.Synthetic;

/// <summary>A field that holds a list of fields itself.</summary>
internal sealed record NestedField(ushort Id, IReadOnlyList<Factor> Factors);

/// <summary>One kind of event: its fields, in the order in which they are written, and those of the processes in it.</summary>
/// <param name="Name">Says which kind.</param>
/// <param name="Own">Its own fields.</param>
/// <param name="Nested">The processes in it. One that may be missing makes a shape of its own: of what is missing nothing can be tried.</param>
internal sealed record Shape(string Name, IReadOnlyList<Factor> Own, IReadOnlyList<NestedField> Nested)
{
    // A factor like any other, but it needs what the others have written.
    private static readonly Factor Order = new("order", new Level("as in the document", _ => { }), new Level("last first", list => list.Reverse()));

    /// <summary>Everything that is varied. A row of <see cref="CoveringArray"/> has a level for each.</summary>
    public IReadOnlyList<Factor> Factors { get; } = [.. Own, .. Nested.SelectMany(nested => nested.Factors), Order];

    public IReadOnlyList<int[]> Rows(int seed) => CoveringArray.Pairs([.. Factors.Select(factor => factor.Levels.Length)], seed);

    /// <summary>Writes the event of a row.</summary>
    /// <param name="row">One of <see cref="Rows"/>.</param>
    /// <param name="head">What all events of the kind have in common.</param>
    public FieldList Write(int[] row, FieldList head)
    {
        int at = 0;
        foreach (Factor factor in Own)
        {
            factor.Levels[row[at++]].Put(head);
        }

        foreach (NestedField nested in Nested)
        {
            FieldList inner = new();
            foreach (Factor factor in nested.Factors)
            {
                factor.Levels[row[at++]].Put(inner);
            }

            head.Put(nested.Id, inner);
        }

        Order.Levels[row[at]].Put(head);
        return head;
    }

    /// <summary>Says what is special about a row.</summary>
    public string Says(int[] row) =>
        $"{Name}: {string.Join(", ", Factors.Select((factor, i) => $"{factor.Name} {factor.Levels[row[i]].Name}"))}";
}
