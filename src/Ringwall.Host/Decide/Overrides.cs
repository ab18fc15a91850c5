using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Decide;

/// <summary>Files that an operator allowed, as they were then: a change of the file ends the override. Replaced whole, read without a lock.</summary>
internal sealed class Overrides
{
    private volatile FrozenDictionary<FileIdentity, StrongBox<long>> _allowed = FrozenDictionary<FileIdentity, StrongBox<long>>.Empty;

    /// <summary>Called by the answering thread, which alone counts.</summary>
    public bool Allows(in FileIdentity file)
    {
        if (_allowed.Count == 0 || !_allowed.TryGetValue(file, out StrongBox<long>? used))
        {
            return false;
        }

        Volatile.Write(ref used.Value, used.Value + 1);
        return true;
    }

    /// <summary>How often the override of this file has decided.</summary>
    public long Used(in FileIdentity file) => _allowed.TryGetValue(file, out StrongBox<long>? used) ? Volatile.Read(ref used.Value) : 0;

    public void Replace(IEnumerable<FileIdentity> allowed)
    {
        FrozenDictionary<FileIdentity, StrongBox<long>> before = _allowed;
        _allowed = allowed.Distinct().ToFrozenDictionary(file => file, file => before.TryGetValue(file, out StrongBox<long>? used) ? used : new StrongBox<long>());
    }
}
