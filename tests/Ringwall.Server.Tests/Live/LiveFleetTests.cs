using System.Diagnostics;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Ringwall.Server.Access;
using Ringwall.Server.Health;
using Ringwall.Server.Rollouts;
using Ringwall.Server.Running;
using Ringwall.Server.Storage;
using Ringwall.Server.Tests.Grounds;
using Ringwall.Server.Tests.Releases;
using Ringwall.Server.Tests.Rollouts;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Tests.Live;

/// <summary>
/// The whole fleet half at a demonstration's pace: signed repositories, a server, hundreds of simulated devices in a process of their own (`./rw fleet`), and the rules between them.
/// </summary>
public sealed class LiveFleetTests(SqliteGround ground) : IClassFixture<SqliteGround>
{
    private const int Devices = 240;

    [Fact]
    public async Task A_bad_release_is_halted_within_its_budget_and_every_device_goes_back()
    {
        await using Demonstration demonstration = await Demonstration.StartAsync(await ground.NewDatabaseAsync(), "bad");
        string id = await demonstration.BeginAsync();
        RolloutReply halted = await demonstration.UntilAsync(id, reply => reply.Line.State == RolloutStates.Halted);
        Assert.True(halted.Line.Installed > 0 && halted.Line.Harmed > 0, "nobody took it: the halt proves nothing");
        Assert.True(halted.Line.Installed < Devices / 2, $"{halted.Line.Installed} of {Devices} devices had it before it was halted");
        Assert.True(halted.Line.Harmed <= halted.Line.Budget, $"{halted.Line.Harmed} devices were harmed: the budget is {halted.Line.Budget}");
        await demonstration.SaysAsync(line => Number(line, "went back") >= Number(line, "took a release") && Number(line, "took a release") > 0);
    }

    /// <summary>"…, 12 took a release, …": 12.</summary>
    private static int Number(string line, string words)
    {
        int at = line.IndexOf($" {words}", StringComparison.Ordinal);
        return at < 0 ? 0 : int.Parse(line[..at].Split(' ')[^1]);
    }

    private sealed class Demonstration : IAsyncDisposable
    {
        private readonly WebApplication _server;
        private readonly DirectoryInfo _state;
        private readonly HttpClient _operator;
        private readonly SigningParty _party = new();
        private readonly List<string> _lines = [];
        private Process? _fleet;

        private Demonstration(WebApplication server, DirectoryInfo state)
        {
            _server = server;
            _state = state;
            _operator = new HttpClient { BaseAddress = new Uri(server.Urls.First()) };
        }

        public static async Task<Demonstration> StartAsync(string database, string kind)
        {
            DirectoryInfo state = Directory.CreateTempSubdirectory("ringwall-demonstration-");
            ServerOptions options = SigningParty.With(new ServerOptions { State = state.FullName, Database = database, Urls = ["http://127.0.0.1:0"], Pace = TimeSpan.FromMilliseconds(500) });
            WebApplication server = ServerApplication.Build(options);
            await server.StartAsync(Migration.Embedded(), CancellationToken.None);
            var demonstration = new Demonstration(server, state);
            await demonstration.OpenAsync(kind);
            return demonstration;
        }

        public async Task<string> BeginAsync()
        {
            RolloutDesk desk = _server.Services.GetRequiredService<RolloutDesk>();
            string id = await desk.StartAsync(RolloutField.First, urgent: false, RolloutField.Operator, CancellationToken.None);
            await desk.ApproveAsync(id, RolloutField.Approver, "", CancellationToken.None);
            return id;
        }

        public async Task<RolloutReply> UntilAsync(string id, Func<RolloutReply, bool> isSo)
        {
            RolloutPages pages = _server.Services.GetRequiredService<RolloutPages>();
            RolloutReply? reply = null;
            await WaitAsync(
                async () => isSo(reply = (await pages.FindAsync(id, RolloutField.Operator, CancellationToken.None))!),
                () => $"{reply!.Line.State}, {reply.Line.Exposed} exposed, {reply.Line.Matured} matured: {reply.Words}");
            return reply!;
        }

        /// <summary>Waits for a line of the simulated devices' progress.</summary>
        public Task SaysAsync(Func<string, bool> isSo) => WaitAsync(
            () =>
            {
                lock (_lines)
                {
                    return Task.FromResult(_lines.Exists(line => isSo(line)));
                }
            },
            () => "the devices never said so");

        public async ValueTask DisposeAsync()
        {
            if (_fleet is { HasExited: false })
            {
                _fleet.Kill();
                await _fleet.WaitForExitAsync();
            }

            _fleet?.Dispose();
            _operator.Dispose();
            await _server.StopAsync();
            await _server.DisposeAsync();
            _state.Delete(recursive: true);
        }

        private async Task OpenAsync(string kind)
        {
            IServiceProvider services = _server.Services;
            _operator.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync([Role.Operator], null));
            DateTimeOffset now = DateTimeOffset.UtcNow;
            await _party.OpenAsync(_operator, now, "acme");
            await services.GetRequiredService<FleetPolicies>().SetAsync(RolloutField.Quick, RolloutField.Operator, CancellationToken.None);
            using (HttpClient vendor = new() { BaseAddress = _operator.BaseAddress })
            {
                vendor.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync([Role.Vendor], "acme"));
                await _party.PublishAsync(vendor, "acme", now, RolloutField.First, [.. Enumerable.Range(0, 10_000).Select(i => (byte)i)]);
            }

            string[] arguments = ["exec", Path.Combine(AppContext.BaseDirectory, "ringwall-simulator.dll"), "fleet", "--devices", $"{Devices}", "--release", kind, "--server", $"{_operator.BaseAddress}", "--minutes", "15"];
            ProcessStartInfo start = new("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["RINGWALL_TOKEN"] = _operator.DefaultRequestHeaders.Authorization!.Parameter;
            _fleet = Process.Start(start)!;
            _fleet.OutputDataReceived += (_, line) => Hear(line.Data);
            _fleet.ErrorDataReceived += (_, line) => Hear(line.Data);
            _fleet.BeginOutputReadLine();
            _fleet.BeginErrorReadLine();

            // A rollout begins with the fleet that is there: all shall be, and heard.
            FleetView fleet = services.GetRequiredService<FleetView>();
            await WaitAsync(
                () => Task.FromResult(fleet.Glance(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()).Sum(cell => cell.Online) == Devices), () => "not all devices enrolled and reported");
        }

        private async Task WaitAsync(Func<Task<bool>> isSo, Func<string> instead)
        {
            Stopwatch deadline = Stopwatch.StartNew();
            while (!await isSo())
            {
                Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(180), $"{instead()}\n{Said()}");
                await Task.Delay(100);
            }
        }

        private async Task<string> TokenAsync(string[] roles, string? vendor)
        {
            string account = await _server.Services.GetRequiredService<Accounts>().CreateAsync("server", $"p{Guid.NewGuid():N}", roles, vendor, CancellationToken.None);
            return (await _server.Services.GetRequiredService<Credentials>().NewTokenAsync(account, "test", TimeSpan.FromDays(1), CancellationToken.None)).Token;
        }

        private void Hear(string? line)
        {
            if (line is not null)
            {
                lock (_lines)
                {
                    _lines.Add(line);
                }
            }
        }

        private string Said()
        {
            lock (_lines)
            {
                return string.Join('\n', _lines.TakeLast(12));
            }
        }
    }
}
