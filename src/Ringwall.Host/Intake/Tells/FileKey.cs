namespace Ringwall.Host.Intake.Tells;

/// <summary>A file, whatever its name and its content: device and inode as <see cref="Kernel.Files.FileIdentity"/> has them.</summary>
internal readonly record struct FileKey(ulong Device, ulong Inode);
