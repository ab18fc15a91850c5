using System.Collections.Frozen;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Decide;

/// <summary>Files that an operator allowed, as they were then: a change of the file ends the override. Replaced whole, read without a lock.</summary>
internal sealed class Overrides
{
    private volatile FrozenDictionary<FileIdentity, Use> _allowed = FrozenDictionary<FileIdentity, Use>.Empty;

    /// <summary>Whether there is one that holds. Any thread.</summary>
    public bool Holds(in FileIdentity file) => _allowed.Count != 0 && _allowed.TryGetValue(file, out Use? use) && !Volatile.Read(ref use.Lost);

    /// <summary>It has decided. Called by the answering thread, which alone counts.</summary>
    public void CountUse(in FileIdentity file)
    {
        if (_allowed.TryGetValue(file, out Use? use))
        {
            Volatile.Write(ref use.Times, use.Times + 1);
        }
    }

    /// <summary>It holds no longer, until the operator says it again: the bytes may be others now. Any thread.</summary>
    public void Lose(in FileIdentity file)
    {
        if (_allowed.TryGetValue(file, out Use? use))
        {
            Volatile.Write(ref use.Lost, true);
        }
    }

    /// <summary>How often the override of this file has decided.</summary>
    public long Used(in FileIdentity file) => _allowed.TryGetValue(file, out Use? use) ? Volatile.Read(ref use.Times) : 0;

    /// <param name="allowed">All of them.</param>
    /// <param name="anew">The one that the operator has just said; one that was lost holds again.</param>
    public void Replace(IEnumerable<FileIdentity> allowed, FileIdentity? anew = null)
    {
        FrozenDictionary<FileIdentity, Use> before = _allowed;
        _allowed = allowed.Distinct().ToFrozenDictionary(
            file => file, file => file != anew && before.TryGetValue(file, out Use? use) ? use : new Use { Times = Used(file) });
    }

    private sealed class Use
    {
        public long Times;
        public bool Lost;
    }
}
