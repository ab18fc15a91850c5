namespace Ringwall.Host.Configuration;

/// <summary>What can be left out of the journal. docs/configuration.md, "journal", says what each word covers.</summary>
[Flags]
internal enum JournalField
{
    None = 0,

    /// <summary>The arguments of processes.</summary>
    Arguments = 1,

    /// <summary>Paths of files, and working directories.</summary>
    Paths = 2,

    /// <summary>Paths of the programs that processes run.</summary>
    Programs = 4,

    /// <summary>User and group numbers of processes and files.</summary>
    Users = 8,

    /// <summary>Addresses that processes connect to.</summary>
    Addresses = 16,

    /// <summary>Why a sensor denied, in its own words.</summary>
    Reasons = 32,
}
