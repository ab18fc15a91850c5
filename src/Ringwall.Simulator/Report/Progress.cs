namespace Ringwall.Simulator;

/// <summary>A progress bar on standard error, where that is a terminal; elsewhere silent.</summary>
// Threads: Step may be called from any thread.
internal sealed class Progress(string words, int steps)
{
    private const int Width = 32;

    private readonly Lock _lock = new();
    private readonly bool _shown = !Console.IsErrorRedirected;
    private int _done;

    public void Step(int count = 1)
    {
        lock (_lock)
        {
            _done += count;
            if (_shown)
            {
                double share = Math.Min(1, (double)_done / Math.Max(1, steps));
                int full = (int)(share * Width);
                Console.Error.Write($"\r{words,-34} [{new string('#', full)}{new string('.', Width - full)}] {share,4:P0} ");
                if (_done >= steps)
                {
                    Console.Error.Write($"\r{new string(' ', words.Length + Width + 50)}\r");
                }
            }
        }
    }
}
