namespace Ringwall.Host.Running;

/// <summary>What an operator should know: written to standard error as it comes, and the last of it shown by status.</summary>
internal sealed class HostNotes
{
    private const int Kept = 32;
    private readonly Queue<string> _notes = new();     // guarded by itself

    public void Add(string note)
    {
        lock (_notes)
        {
            if (_notes.Count == Kept)
            {
                _notes.Dequeue();
            }

            _notes.Enqueue(note);
        }

        Console.Error.WriteLine($"ringwalld: {note}");
    }

    public IReadOnlyList<string> Last()
    {
        lock (_notes)
        {
            return [.. _notes];
        }
    }
}
