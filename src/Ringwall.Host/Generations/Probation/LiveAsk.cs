using Ringwall.Contract;
using Ringwall.Host.Findings;
using Ringwall.Host.Intake.Tells;
using Ringwall.Host.Review;
using Ringwall.Kernel.Files;

namespace Ringwall.Host.Generations.Probation;

/// <summary>Asks about real files, for a candidate.</summary>
internal static class LiveAsk
{
    /// <summary>From this size on, in bytes, nobody is blamed for not having read a file in time.</summary>
    public const ulong LargeFile = 16UL << 20;

    private const int LongestText = 512;

    /// <summary>What the sensors in service got; ticket and deadline are still to be set.</summary>
    public static AskMessage Message(in ReviewedAsk ask)
    {
        AskMessage message = new()
        {
            Class = ask.Class,
            Path = Fitting(ask.Path),
            Device = ask.File.Identity.Device,
            Inode = ask.File.Identity.Inode,
            Size = ask.File.Identity.Size,
            ModifiedNanoseconds = ask.File.Identity.ModifiedNs,
            Mode = ask.File.Mode,
            Process = new ProcessView { Pid = (uint)ask.Pid },
        };
        if (ask.Process is { } process)
        {
            message.Process.Start = process.Key.StartNs;
            message.Process.Uid = process.User;
            message.Process.Executable = Fitting(process.Executable);
            message.Process.ParentPid = (uint)process.ParentKey.Pid;
            message.Process.ParentStart = process.ParentKey.StartNs;
        }

        return message;
    }

    /// <summary>As if the first process wanted to execute or open a file.</summary>
    public static byte[] OfInit(OpenedFile file, EventClass of, ulong ticket, long deadline)
    {
        AskMessage message = new()
        {
            Ticket = ticket,
            Class = of,
            Deadline = (ulong)deadline,
            Path = Fitting(file.Path),
            Device = file.State.Identity.Device,
            Inode = file.State.Identity.Inode,
            Size = file.State.Identity.Size,
            ModifiedNanoseconds = file.State.Identity.ModifiedNs,
            Mode = file.State.Mode,
            Process = new ProcessView { Pid = 1, Executable = "/sbin/init"u8 },
        };
        return Bytes(message);
    }

    /// <summary>An ask of former times, asked again.</summary>
    public static byte[] Again(byte[] message, ulong ticket, long deadline)
    {
        _ = AskMessage.TryRead(message, out AskMessage ask);
        ask.Ticket = ticket;
        ask.Deadline = (ulong)deadline;
        return Bytes(ask);
    }

    public static FileKey KeyOf(in FileState file) => new(file.Identity.Device, file.Identity.Inode);

    /// <summary>A path for people.</summary>
    public static string Says(ReadOnlySpan<byte> path)
    {
        bool cut = false;
        return path.IsEmpty ? "a file without a path" : CleanText.From(path, LongestText, ref cut);
    }

    private static byte[] Bytes(in AskMessage message)
    {
        byte[] bytes = new byte[Protocol.MaxMessageBytes];
        return bytes[..message.Write(bytes)];
    }

    private static ReadOnlySpan<byte> Fitting(ReadOnlySpan<byte> path) => path[..Math.Min(path.Length, Protocol.MaxPathBytes)];
}
