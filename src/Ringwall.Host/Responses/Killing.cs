using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Contract;
using Ringwall.Host.Decide;
using Ringwall.Host.Decide.Guardrails;
using Ringwall.Host.Intake.Tells;
using Ringwall.Kernel;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Mounts;
using Ringwall.Kernel.Processes;
using Ringwall.Kernel.Procfs;

namespace Ringwall.Host.Responses;

// Threads:  the responses thread.
// Ordering: hold the process (pidfd) → look whether it is the one that was meant → journal: begun → kill → journal: done. What is held cannot become another process.

/// <summary>Ends processes, never one that the machine or Ringwall needs.</summary>
internal sealed class Killing(UndoJournal journal, ProtectedSet protectedSet, OwnProcesses own)
{
    private const int KernelThreads = 2;

    /// <param name="draft">Who wants it, and why.</param>
    /// <param name="pid">Which process.</param>
    /// <param name="startNs">When it began, nanoseconds since boot.</param>
    /// <param name="refusal">Why nothing was done.</param>
    public Act? Kill(Act draft, int pid, ulong startNs, out Refusal? refusal)
    {
        if (pid <= 0 || startNs == 0)
        {
            refusal = new Refusal(Refusal.NoTarget, "it names no process by pid and start");
            return null;
        }

        if (!Pidfd.TryOpen(pid, out Pidfd? process))
        {
            refusal = new Refusal(Refusal.Gone, $"there is no process {pid} any more");
            return null;
        }

        using (process)
        {
            if (!ProcessStat.TryRead(pid, out ProcessStat stat) || stat.HasEnded)
            {
                refusal = new Refusal(Refusal.Gone, $"process {pid} has ended");
                return null;
            }

            if (ProcessKey.FromTicks(pid, stat.StartTicks) != ProcessKey.FromBootTime(pid, startNs))
            {
                refusal = new Refusal(Refusal.Changed, $"process {pid} is another one than the sensor saw");
                return null;
            }

            refusal = Protects(pid, stat, out string executable);
            if (refusal is not null)
            {
                return null;
            }

            Act begun = journal.Begin(draft with { Id = journal.NextId(), Process = new KilledProcess(pid, startNs, executable) });
            if (!process!.TryKill())
            {
                refusal = new Refusal(Refusal.Gone, $"process {pid} has ended");
                _ = journal.Step(begun, ActState.Failed, refusal.Detail);
                return null;
            }

            return journal.Step(begun, ActState.Done);
        }
    }

    private Refusal? Protects(int pid, in ProcessStat stat, out string executable)
    {
        executable = "";
        if (pid == 1)
        {
            return new Refusal(Refusal.Protected, "it is the first process");
        }

        if (own.Contains(pid))
        {
            return new Refusal(Refusal.Protected, $"process {pid} is Ringwall's");
        }

        Span<byte> link = stackalloc byte[OpenFile.LongestPath];
        int length = ProcessFile.ReadLink(pid, "exe"u8, link);
        if (pid == KernelThreads || stat.ParentPid == KernelThreads || length < 0)
        {
            return new Refusal(Refusal.Protected, $"process {pid} is part of the kernel, or ending");
        }

        ReadOnlySpan<byte> path = link[..length];
        executable = Encoding.UTF8.GetString(path);
        using SafeFileHandle? program = Program(pid);
        return program is not null && protectedSet.Look((int)program.DangerousGetHandle()) is { } why
            ? new Refusal(Refusal.Protected, $"process {pid} runs {executable}: {why.Why}")
            : null;
    }

    // By the kernel's own link, which leads to the very file whatever its name is now. Null when it may not be read, or lies where reading may never end.
    private static SafeFileHandle? Program(int pid)
    {
        try
        {
            return ProcessFile.TryStatExecutable(pid, out FileIdentity file) && IsLocal(file.Device) ? File.OpenHandle($"/proc/{pid}/exe") : null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsLocal(ulong device) =>
        MountTable.Read().Mounts.Any(mount => mount.Kind == FileSystemKind.Local && mount.Device.Packed == device);
}
