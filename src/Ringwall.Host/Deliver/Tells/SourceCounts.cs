namespace Ringwall.Host.Deliver.Tells;

/// <summary>What became of one source's events: for one subscriber, published = delivered + waiting + lost.</summary>
/// <param name="Published">Events that the subscriber was to get.</param>
/// <param name="Delivered">Events that it got.</param>
/// <param name="Lost">Events that found its ring full, or that waited when it went away.</param>
internal readonly record struct SourceCounts(long Published, long Delivered, long Lost)
{
    public long Waiting => Published - Delivered - Lost;
}
