using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Contract;

namespace Ringwall.Sdk;

/// <summary>
/// A process waits in the kernel for your verdict. Everything here belongs to the SDK and is valid until OnAsk returns; it cannot be
/// kept. Nothing allocates but what says so.
/// </summary>
public ref struct Ask
{
    internal AskMessage Message;
    internal PassedDescriptor File;

    /// <summary>Names this ask, never 0. Same as in the host's records.</summary>
    public readonly ulong Ticket => Message.Ticket;

    /// <summary>What is about to happen to the file.</summary>
    public readonly EventClass Class => Message.Class;

    /// <summary>The file's path as the host sees it; empty when unknown. The sensor cannot open it: judge <see cref="Read"/>. Allocates.</summary>
    public readonly string Path => Encoding.UTF8.GetString(Message.Path);

    /// <summary>The path's bytes: any but 0, at most 4096.</summary>
    public readonly ReadOnlySpan<byte> PathBytes => Message.Path;

    /// <summary>The file's device, st_dev of stat(2); 0 when unknown.</summary>
    public readonly ulong Device => Message.Device;

    /// <summary>The file's inode number; 0 when unknown.</summary>
    public readonly ulong Inode => Message.Inode;

    /// <summary>The file's size in bytes when the ask was made. It may have changed: trust what <see cref="Read"/> returns.</summary>
    public readonly ulong Size => Message.Size;

    /// <summary>When the file was last modified: nanoseconds since 1970.</summary>
    public readonly long ModifiedNanoseconds => Message.ModifiedNanoseconds;

    /// <summary>The file's type and permissions, st_mode of stat(2); 0 when unknown.</summary>
    public readonly uint Mode => Message.Mode;

    /// <summary>Who wants to.</summary>
    public readonly ProcessView Process => Message.Process;

    /// <summary>How long a verdict still counts; negative when it no longer does.</summary>
    public readonly TimeSpan TimeLeft => MonotonicClock.Until(Message.Deadline);

    /// <summary>The file's content can be read. False when the sensor did not want descriptors or none could be passed.</summary>
    public readonly bool HasDescriptor => File.IsOpen;

    /// <summary>The read-only descriptor's number, or -1. For engines that map the file: never close it, never move its offset.</summary>
    public readonly int Descriptor => File.Number;

    /// <summary>Reads the file from an offset in bytes. Returns how many bytes were read; 0 is the end of the file.</summary>
    /// <exception cref="InvalidOperationException">There is no descriptor.</exception>
    /// <exception cref="IOException">The kernel refused the read.</exception>
    public readonly int Read(Span<byte> into, long offset = 0) => File.Read(into, offset);

    /// <summary>The file's descriptor for work that goes on after the verdict, such as a long scan. Use it as <see cref="Descriptor"/> says. Allocates.</summary>
    /// <exception cref="InvalidOperationException">There is no descriptor.</exception>
    /// <exception cref="IOException">The process is at its limit of descriptors.</exception>
    public readonly SafeFileHandle Keep() => File.Duplicate();
}
