using System.Diagnostics;
using System.Net;
using Ringwall.Wire;

namespace Ringwall.Server.Tests.Running;

/// <summary>The program itself, as a process.</summary>
public sealed class ProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task It_prints_a_way_in_once_it_listens_keeps_what_it_acknowledged_when_killed_and_ends_when_told()
    {
        DirectoryInfo state = Directory.CreateTempSubdirectory("ringwall-process-");
        try
        {
            string used;
            using (Running first = await Running.StartAsync(state.FullName))
            {
                used = first.Link;
                using HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false });
                Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync(first.Link)).StatusCode);
                // SIGKILL, right after the answer.
                first.Process.Kill();
                await first.Process.WaitForExitAsync().WaitAsync(Patience);
            }

            using Running second = await Running.StartAsync(state.FullName);
            using (HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false }))
            {
                // The link of the first one was used: that was kept. The one of this one works.
                Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri(new Uri(second.Link), new Uri(used).AbsolutePath))).StatusCode);
                Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync(second.Link)).StatusCode);
            }

            using (Process kill = Process.Start("kill", ["-TERM", second.Process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            {
                await kill.WaitForExitAsync().WaitAsync(Patience);
            }

            await second.Process.WaitForExitAsync().WaitAsync(Patience);
            Assert.Equal(ExitCode.Done, second.Process.ExitCode);
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(ExitCode.Done, "--help")]
    [InlineData(ExitCode.Usage, "--nothing 1")]
    [InlineData(ExitCode.Usage, "--database Hoho=1")]
    [InlineData(ExitCode.NotDone, "--database Host=127.0.0.1;Port=1;Username=x")]
    [InlineData(ExitCode.Usage, "link A")]
    public async Task It_ends_with_the_documented_code(int code, string arguments)
    {
        DirectoryInfo state = Directory.CreateTempSubdirectory("ringwall-process-");
        try
        {
            using StringWriter output = new();
            using StringWriter error = new();
            string[] line = arguments == "--help" ? ["--help"] : [.. arguments.Split(' '), "--state", state.FullName];
            Assert.Equal(code, await Server.Running.Entry.RunAsync(line, new System.Collections.Hashtable(), output, error));
            Assert.NotEqual("", output.ToString() + error);
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    private sealed class Running : IDisposable
    {
        public required Process Process { get; init; }

        public required string Link { get; init; }

        public static async Task<Running> StartAsync(string state)
        {
            // What was built for this system, beside it the system's SQLite: the copy in the tests' folder lacks that.
            string built = AppContext.BaseDirectory.TrimEnd('/');
            string program = Path.Combine(built, "../../Ringwall.Server", Path.GetFileName(built) + "_linux-x64", "ringwall-server.dll");
            Process process = Process.Start(new ProcessStartInfo("dotnet", [program, "--state", state, "--urls", "http://127.0.0.1:0"]) { RedirectStandardOutput = true })!;
            string said = "";
            while (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
            {
                said += line + "\n";
                if (line.StartsWith("sign in once", StringComparison.Ordinal))
                {
                    string link = line[line.IndexOf("http", StringComparison.Ordinal)..];
                    return new Running { Process = process, Link = link };
                }
            }

            throw new InvalidOperationException($"ringwall-server ended: {said}");
        }

        public void Dispose()
        {
            if (!Process.HasExited)
            {
                Process.Kill();
            }

            Process.Dispose();
        }
    }
}
