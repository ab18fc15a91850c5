using System.Runtime.InteropServices;

namespace Ringwall.Sensors.Sigma.Sensing;

// Owns:     the command lines of processes that were seen to start, so that their children can be judged by ParentCommandLine: events name
//           ancestors without arguments.
// Threads:  the tell thread only.
// Ordering: a process that ended is kept for a while, because events of its last children can come after its own end.
internal sealed class CommandLines
{
    private const int MostEnded = 2048;
    private const int MostBytes = 16 * 1024 * 1024;

    /// <summary>What an entry costs beside its text, roughly.</summary>
    private const int EntryBytes = 96;

    private readonly Dictionary<(uint Pid, ulong Start), byte[]> _byProcess = [];
    private readonly Queue<(uint Pid, ulong Start)> _ended = new();
    private readonly Queue<(uint Pid, ulong Start)> _byAge = new();
    private long _bytes;

    public int Count => _byProcess.Count;

    public ReadOnlySpan<byte> Of(uint pid, ulong start) => _byProcess.GetValueOrDefault((pid, start));

    public void Started(uint pid, ulong start, ReadOnlySpan<byte> commandLine) => Remember((pid, start), commandLine.ToArray());

    /// <summary>A child runs its parent's program until it starts another.</summary>
    public void Forked(uint parentPid, ulong parentStart, uint pid, ulong start)
    {
        if (_byProcess.TryGetValue((parentPid, parentStart), out byte[]? commandLine))
        {
            Remember((pid, start), commandLine);
        }
    }

    public void Ended(uint pid, ulong start)
    {
        if (!_byProcess.ContainsKey((pid, start)))
        {
            return;
        }

        _ended.Enqueue((pid, start));
        if (_ended.Count > MostEnded)
        {
            Forget(_ended.Dequeue());
        }
    }

    private void Remember((uint Pid, ulong Start) process, byte[] commandLine)
    {
        ref byte[]? known = ref CollectionsMarshal.GetValueRefOrAddDefault(_byProcess, process, out bool exists);
        _bytes += commandLine.Length + (exists ? -known!.Length : EntryBytes);
        known = commandLine;
        if (!exists)
        {
            _byAge.Enqueue(process);
        }

        while (_bytes > MostBytes && _byAge.TryDequeue(out (uint Pid, ulong Start) oldest))
        {
            Forget(oldest);
        }

        // Those that ended stay behind in the line by age; it is cut when they are most of it.
        if (_byAge.Count > (2 * _byProcess.Count) + MostEnded)
        {
            for (int i = _byAge.Count; i > 0; i--)
            {
                (uint Pid, ulong Start) next = _byAge.Dequeue();
                if (_byProcess.ContainsKey(next))
                {
                    _byAge.Enqueue(next);
                }
            }
        }
    }

    private void Forget((uint Pid, ulong Start) process)
    {
        if (_byProcess.Remove(process, out byte[]? commandLine))
        {
            _bytes -= commandLine.Length + EntryBytes;
        }
    }
}
