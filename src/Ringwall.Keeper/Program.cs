// Owns:         the permission group's life, the host's life, and the choice of who reads the group.
// Does not own: any file, any rule, any sensor. Opens nothing after the first host was started.
// Threads:      main watches and spawns; StandIn answers. They are apart because a program that is being started waits for answers.
// Ordering:     host dead → sweep → StandIn reads → new host says Ready → StandIn rests → Go.

using System.Runtime.InteropServices;
using Ringwall.Keeper;
using Ringwall.Kernel;
using Ringwall.Kernel.Fanotify;
using Ringwall.Kernel.Files;
using Ringwall.Kernel.Handover;
using Ringwall.Kernel.Polling;
using Ringwall.Kernel.Processes;
using Ringwall.Kernel.Scheduling;

if (args is ["--help"])
{
    Console.WriteLine(KeeperOptions.Usage);
    return 0;
}

if (KeeperOptions.Parse(args, out string reason) is not { } options)
{
    Console.Error.WriteLine($"ringwall-keeper: {reason}\n\n{KeeperOptions.Usage}");
    return 2;
}

int limit = Urgency.RaiseDescriptorLimit();
try
{
    StandIn.WarmUp();
    using Keeping keeping = options.Adopt is null ? Keeping.Begin(options, limit) : Keeping.Resume(options, limit);

    // A polite end, from a service manager or a terminal, is the same as the owner's end.
    using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, keeping.AskToEnd);
    using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, keeping.AskToEnd);
    return keeping.Run();
}
catch (KernelException refused)
{
    Console.Error.WriteLine($"ringwall-keeper: {refused.Message}");
    return refused.Errno.Value switch
    {
        Errno.EPERM or Errno.EACCES => 3,
        Errno.ENOSYS or Errno.EINVAL => 4,
        _ => 1,
    };
}
