using Ringwall.Host.Tests.Generations.Crash;
using Xunit.Runner.InProc.SystemConsole;

namespace Ringwall.Host.Tests;

/// <summary>The tests; or, for the tests of crashes, the process that is made to crash.</summary>
public static class EntryPoint
{
    public static async Task<int> Main(string[] args) =>
        args is [StoreProbe.Word, string packages] ? StoreProbe.Run(packages) : await ConsoleRunner.Run(args);
}
