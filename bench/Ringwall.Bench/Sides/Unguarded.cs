namespace Ringwall.Bench.Sides;

internal sealed class Unguarded : ISide
{
    public IReadOnlyList<int> Processes => [];

    public void Dispose()
    {
    }
}
