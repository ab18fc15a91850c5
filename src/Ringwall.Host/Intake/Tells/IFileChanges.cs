namespace Ringwall.Host.Intake.Tells;

/// <summary>
/// Hears what happens to files, so that nothing which was remembered about one outlives it. Called on the file event thread, in the
/// kernel's order, before the change is told to anybody. Calls come for every watched file system, whoever acted, and for many files that nobody
/// remembers anything about, so an implementation looks up, forgets and returns: it opens nothing and waits for nothing.
/// The kernel queues these events, so they come a moment after the change: what must hold at the instant of an ask is checked there.
/// </summary>
internal interface IFileChanges
{
    /// <summary>From now on changes on file systems of these devices are heard of, and on no others. Called before any of them is.</summary>
    public void HearsOf(IReadOnlySet<ulong> devices);

    /// <summary>Closed by somebody who could write to it.</summary>
    public void Written(FileKey file);

    /// <summary>Its mode, owner, access list, times or number of names changed.</summary>
    public void AttributesChanged(FileKey file);

    /// <summary>A name came to mean this file: created, hard-linked, or renamed to. What had the name before lost it.</summary>
    public void NameGiven(FileKey file);

    /// <summary>A directory was renamed or moved: paths below it changed, identities did not.</summary>
    public void DirectoryRenamed();

    /// <summary>Events were lost, a file system came or went, or a file could not be told: anything may have changed.</summary>
    public void AnythingChanged();
}
