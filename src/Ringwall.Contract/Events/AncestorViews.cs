namespace Ringwall.Contract;

/// <summary>The ancestors of a process, the parent first.</summary>
public readonly ref struct AncestorViews
{
    private readonly ReadOnlySpan<byte> _fields;

    internal AncestorViews(ReadOnlySpan<byte> fields) => _fields = fields;

    /// <summary>For foreach.</summary>
    public Enumerator GetEnumerator() => new(_fields);

    /// <summary>Walks the ancestors.</summary>
    public ref struct Enumerator
    {
        private FieldValues.Enumerator _values;

        internal Enumerator(ReadOnlySpan<byte> fields) => _values = new FieldValues.Enumerator(fields, ProcessView.AncestorId);

        /// <summary>The ancestor; it has neither arguments nor ancestors of its own.</summary>
        public readonly ProcessView Current
        {
            get
            {
                ProcessView.TryRead(_values.Current, isAncestor: true, out ProcessView ancestor);   // was checked with the process
                return ancestor;
            }
        }

        /// <summary>Goes to the next ancestor.</summary>
        public bool MoveNext() => _values.MoveNext();
    }
}
