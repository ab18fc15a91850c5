namespace Ringwall.Host.Control;

/// <summary>One who hears what comes from now on, through a bounded queue.</summary>
internal interface IFollower<T> : IDisposable
    where T : class
{
    /// <summary>How many it missed because its queue was full.</summary>
    public long Missed { get; }

    /// <summary>Waits for the next one. Null when there will be no more.</summary>
    public ValueTask<T?> NextAsync(CancellationToken stop);
}
