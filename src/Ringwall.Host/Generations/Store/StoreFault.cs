namespace Ringwall.Host.Generations.Store;

/// <summary>Why the store refused. Nothing was changed. Up to <see cref="Engine"/>: the package is wrong, wherever it is installed.</summary>
internal enum StoreFault
{
    /// <summary>It is no tar in gzip, or is broken off.</summary>
    Unreadable,

    /// <summary>package.json is missing, not first, or wrong.</summary>
    Manifest,

    /// <summary>A path leads out of the package or is none.</summary>
    Path,

    /// <summary>A link, a device, or whatever else is neither file nor folder.</summary>
    Kind,

    /// <summary>A file that package.json does not name.</summary>
    Undeclared,

    /// <summary>A file that is there twice.</summary>
    Duplicate,

    /// <summary>A file that package.json names is not there.</summary>
    Missing,

    /// <summary>A file has other bytes than package.json says: so many of them, or with that digest.</summary>
    Digest,

    /// <summary>More bytes or files than a package may have.</summary>
    TooMuch,

    /// <summary>The engine's sensor.json does not fit what the package says, or is missing.</summary>
    Engine,

    /// <summary>The content was written for another schema than the engine in the same package reads, or says of its own schema what cannot be.</summary>
    Schema,

    /// <summary>The package is one half, and does not fit the other half that is in service here: of another schema, not in order, or there is none. Where another one is in service it may fit.</summary>
    Unfit,

    /// <summary>The configuration names no such sensor.</summary>
    NotConfigured,

    /// <summary>There is no such generation.</summary>
    NoSuchGeneration,

    /// <summary>The generation, or this very release, is refused.</summary>
    Refused,

    /// <summary>Its state does not allow that: it is in service, or nothing is there to return to.</summary>
    State,

    /// <summary>An operator pinned another.</summary>
    Pinned,

    /// <summary>A generation's files are not what they were when it was installed.</summary>
    Damaged,

    /// <summary>The disk is full, or failed.</summary>
    Disk,
}
