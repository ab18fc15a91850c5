using System.Runtime.InteropServices;

namespace Ringwall.Kernel.Tells;

/// <summary>A way in which the kernel tells what processes do.</summary>
public interface IProcessTells : IDisposable
{
    /// <summary>Gives what waits to the sink, but no more than so many. One thread at a time.</summary>
    /// <returns>How many there were; 0 when nothing waits.</returns>
    public int Drain(ITellSink sink, int most);

    /// <summary>Waits until there is something to drain, or the time is over.</summary>
    public void Wait(int milliseconds);

    /// <summary>Lets events gather for so long, because waking up for each costs more than the event; ends early when many gather.</summary>
    public void LetGather(int milliseconds);

    /// <summary>Ends every wait as long as this is readable.</summary>
    public void AlsoWaitFor(SafeHandle readable);
}
