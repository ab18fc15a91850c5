namespace Ringwall.Trust;

/// <summary>Why a key file was not opened.</summary>
public enum KeyFileFault
{
    /// <summary>It holds no public key, no encrypted private key, or more than one of them.</summary>
    NoKeyFile = 1,

    /// <summary>Its key is of no kind that signs here: ECDSA on P-256, or RSA of 2048 bits or more.</summary>
    UnknownKind,

    /// <summary>The passphrase does not open it, or it is damaged: nobody can tell which.</summary>
    WrongPassphrase,

    /// <summary>Its two halves are not one key: somebody has put it together.</summary>
    OtherKey,

    /// <summary>The passphrase is shorter than one may be.</summary>
    ShortPassphrase,
}
