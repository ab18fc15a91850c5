namespace Ringwall.Trust;

/// <summary>Why bytes from outside were refused. Whatever the reason, nothing that was trusted before has changed. Names are stable: reports and counters carry them.</summary>
public enum RejectionReason
{
    /// <summary>More bytes than may be read: than the limit, or than a signed file says. An endless file ends here.</summary>
    TooLong = 1,

    /// <summary>Fewer bytes than a signed file says.</summary>
    TooShort,

    /// <summary>Bytes came more slowly than is put up with.</summary>
    TooSlow,

    /// <summary>The file was not to be had.</summary>
    Unavailable,

    /// <summary>Not UTF-8, not JSON, or more than one value.</summary>
    NotJson,

    /// <summary>An object has two fields of one name.</summary>
    DuplicateField,

    /// <summary>Nested deeper than is read.</summary>
    TooDeep,

    /// <summary>More values than are read.</summary>
    TooManyValues,

    /// <summary>A number that is no integer of 64 bits.</summary>
    NotAnInteger,

    /// <summary>A field is missing, of another type, or out of its range.</summary>
    Malformed,

    /// <summary>Signed as another role than it was asked for.</summary>
    WrongType,

    /// <summary>Written for another major version of the specification.</summary>
    SpecVersion,

    /// <summary>A key stands under an identifier that is not its own.</summary>
    KeyIdMismatch,

    /// <summary>Two signatures under one key identifier.</summary>
    DuplicateSignature,

    /// <summary>Fewer distinct keys have signed than the threshold asks for.</summary>
    TooFewSignatures,

    /// <summary>A root that is not the next one.</summary>
    VersionNotNext,

    /// <summary>A version lower than one that was trusted.</summary>
    RolledBack,

    /// <summary>A role that the trusted snapshot lists and the new one does not.</summary>
    RoleRemoved,

    /// <summary>Another version than the file that points here says.</summary>
    VersionMismatch,

    /// <summary>Another content than the file that points here says.</summary>
    DigestMismatch,

    /// <summary>The content is described by no digest that is understood here.</summary>
    NoKnownDigest,

    /// <summary>Valid until a time that has passed.</summary>
    Expired,

    /// <summary>A delegated role that the snapshot does not list.</summary>
    NotInSnapshot,

    /// <summary>No role that may speak of the path does.</summary>
    NoSuchTarget,

    /// <summary>The search visited as many roles as it may.</summary>
    TooManyRoles,

    /// <summary>The operator's repository delegates, which it may not.</summary>
    DelegationRefused,

    /// <summary>Vendors' and operator's repository describe the file differently.</summary>
    Disagreement,

    /// <summary>An urgent release without approvals of two people.</summary>
    TooFewApprovals,

    /// <summary>A release that was published before stands there with another content, or with a number that is not higher than those before it.</summary>
    ReleaseReused,

    /// <summary>A release whose package is not at hand.</summary>
    PackageMissing,
}
