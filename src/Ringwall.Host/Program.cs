using Ringwall.Host.Configuration;
using Ringwall.Host.Control;
using Ringwall.Host.Running;
using Ringwall.Kernel;
using Ringwall.Wire;

if (HostOptions.Parse(args, out string reason) is not { } options)
{
    Console.Error.WriteLine($"ringwalld: {reason}");
    return ExitCode.Usage;
}

if (Errands.TryRun(options, Console.Out, Console.Error, out int exit))
{
    return exit;
}

ConfigurationResult read = options.Configure();
if (Errands.Complain(read, Console.Error) || read.Configuration is not { } configuration)
{
    return ExitCode.Usage;
}

try
{
    using RunLock? alone = RunLock.TryTake(configuration.RunDirectory);
    if (alone is null)
    {
        Console.Error.WriteLine(
            $"ringwalld: {configuration.RunDirectory}: another host runs on this run directory; `ringwall stop` ends it, --run-dir names another");
        return ExitCode.AnotherHost;
    }

    using RunningHost host = new(configuration, KeeperPrograms.OfThisProcess(args));
    host.Run();
    return ExitCode.Done;
}
catch (KernelException refused)
{
    Console.Error.WriteLine($"ringwalld: {refused.Message}");
    return refused.Errno.Value switch
    {
        Errno.EPERM or Errno.EACCES => ExitCode.NeedsRight,
        Errno.ENOSYS or Errno.EINVAL => ExitCode.NeedsKernel,
        _ => ExitCode.NotDone,
    };
}
catch (InvalidDataException broken)
{
    Console.Error.WriteLine($"ringwalld: {broken.Message}");
    return ExitCode.Usage;
}
catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or ControlSocketException)
{
    Console.Error.WriteLine($"ringwalld: {wrong.Message}");
    return ExitCode.NotDone;
}
