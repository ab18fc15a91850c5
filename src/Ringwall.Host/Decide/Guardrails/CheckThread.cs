using Ringwall.Host.Decide.Blocking;
using Ringwall.Kernel.Polling;

namespace Ringwall.Host.Decide.Guardrails;

// Owns:     a thread and its buffer.
// Threads:  one of its own reads files, which may take as long as a disk does. Nobody waits for it: an ask that it is too late for gets its
//           fallback, and what it found out counts for the next.

/// <summary>Looks at the files of denials, one after another, and tells the answering thread.</summary>
/// <param name="ring">Where they come from.</param>
/// <param name="packages">What they are compared with.</param>
/// <param name="blocks">Files that may have bytes that are blocked: this thread looks at them, too.</param>
/// <param name="tell">Wakes the answering thread.</param>
internal sealed class CheckThread(CheckRing ring, PackageFiles packages, Blocks blocks, Action tell) : IDisposable
{
    private readonly byte[] _buffer = FileDigest.Buffer();
    private volatile bool _stopping;
    private Thread? _thread;

    public void Start()
    {
        _thread = new Thread(Run, maxStackSize: 256 * 1024) { Name = "file checks", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Ends the thread, and returns when it has ended.</summary>
    public void Dispose()
    {
        _stopping = true;
        ring.Wake.Set();
        _thread?.Join();
    }

    private void Run()
    {
        while (!_stopping)
        {
            _ = Poll.Readable([ring.Wake.Handle], -1);
            ring.Wake.Clear();
            while (!_stopping && ring.TryNext(out int descriptor, out Ringwall.Kernel.Files.FileState file, out ReadOnlySpan<byte> path))
            {
                ring.Finish(packages.Look(descriptor, file, path.ToArray(), _buffer));
                tell();
            }

            while (!_stopping && blocks.LookAtNext())
            {
                tell();
            }
        }
    }
}
