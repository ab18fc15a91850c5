using System.Text;
using Microsoft.Win32.SafeHandles;
using Ringwall.Kernel;
using Ringwall.Kernel.Files;
using Ringwall.Launcher;

// Started by the host with descriptors 0 (a pipe on which it says go), 1 and 2 (the sensor's output), 3 (the sensor's socket) and
// 4 (a pipe for the one line that says why this failed; it closes without a word when the sensor runs).
const int done = 1;
const int usage = 2;
const int needsRight = 3;
const int needsKernel = 4;
const int reportNumber = 4;

using SafeFileHandle? report = Inherited.Has(reportNumber) ? Inherited.Take(reportNumber) : null;
LaunchOptions options;
try
{
    options = LaunchOptions.Parse(args);
}
catch (Exception e) when (e is FormatException or ArgumentException or OverflowException)
{
    Say($"read the command line: {e.Message}. {LaunchOptions.Usage}");
    return usage;
}

Launch launch = new(options);
try
{
    launch.Run();
    return done;
}
catch (KernelException e)
{
    Say($"{launch.Step}: {e.Message}");
    return e.Errno.Value switch
    {
        Errno.EPERM or Errno.EACCES => needsRight,
        Errno.ENOSYS or Errno.EINVAL or Errno.ENODEV => needsKernel,
        _ => done,
    };
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    Say($"{launch.Step}: {e.Message}");
    return done;
}

void Say(string line)
{
    byte[] bytes = Encoding.UTF8.GetBytes($"{line}\n");
    using SafeFileHandle error = Inherited.Borrow(2);
    _ = ByteChannel.TryWrite(report ?? error, bytes);
}
