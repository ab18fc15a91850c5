namespace Ringwall.Host.Decide.Guardrails;

/// <summary>What a protected file is to the machine.</summary>
internal enum ProtectionKind
{
    /// <summary>The running kernel, its first file system and its modules.</summary>
    Kernel,

    /// <summary>The first process and the service manager.</summary>
    Init,

    /// <summary>What loads every program.</summary>
    Loader,

    /// <summary>A library that a protected program needs.</summary>
    Library,

    Shell,

    PackageManager,

    /// <summary>What lets people in: at the machine, from afar, as somebody else.</summary>
    Login,

    /// <summary>What mends a machine: boot loader, file system checks, mounting, copying.</summary>
    Recovery,

    /// <summary>Ringwall's programs, store and configuration.</summary>
    Ringwall,

    /// <summary>An operator said so.</summary>
    Operator,

    /// <summary>The package database owns it, and its digest matches.</summary>
    Package,
}
