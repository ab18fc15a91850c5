using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Playwright;
using Ringwall.Dashboard.Tests.Stage;

namespace Ringwall.Dashboard.Tests;

/// <summary>The pictures in README and docs: RINGWALL_ACCEPT=1 takes them anew, of simulated devices on a real server.</summary>
[Collection(FleetGroup.Name)]
public sealed class PictureTests(FleetStage stage)
{
    private static readonly string Folder = Path.Combine(Root(), "docs", "images");

    [Fact]
    public async Task The_pictures_of_the_documents_are_of_the_pages()
    {
        if (Environment.GetEnvironmentVariable("RINGWALL_ACCEPT") == "1")
        {
            await TakeAsync();
        }

        foreach ((string picture, int width) in new[] { ("halted.png", 1280), ("fleet.png", 1280), ("rollout-dark.png", 1280), ("fleet-phone.png", 390) })
        {
            byte[] png = await File.ReadAllBytesAsync(Path.Combine(Folder, picture));
            Assert.Equal(width, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));
            Assert.InRange(png.Length, 10_000, 500_000);
        }
    }

    private async Task TakeAsync()
    {
        string bad = await StartAsync("acme/yara/content-8.tar.gz");
        await RolloutAsync(bad, line => line.GetProperty("state").GetString() == "halted", "the bad release is halted");
        await TakeAsync("halted.png", $"/rollouts/{bad}", ColorScheme.Light, 1280);

        // The good one goes to other devices.
        foreach (JsonElement device in (await stage["olga"].GetAsync("/api/v1/devices?most=500")).EnumerateArray())
        {
            (await stage["olga"].Http.DeleteAsync($"/api/v1/devices/{device.GetProperty("id").GetString()}")).Dispose();
        }

        await using IAsyncDisposable fleet = await stage.FleetAsync(devices: 480, "good");
        string good = await StartAsync("acme/yara/content-9.tar.gz");
        await RolloutAsync(good, line => line.GetProperty("exposed").GetInt64() > 200, "the good release has come to the broad ring");
        await TakeAsync("fleet.png", "/", ColorScheme.Light, 1280);
        await TakeAsync("fleet-phone.png", "/", ColorScheme.Light, 390);
        await TakeAsync("rollout-dark.png", $"/rollouts/{good}", ColorScheme.Dark, 1280);
    }

    private async Task<string> StartAsync(string release)
    {
        await stage.PublishAsync("yves", "2026.11.30", release);
        return (await stage["olga"].PostAsync("/api/v1/rollouts", new { release })).GetProperty("line").GetProperty("id").GetString()!;
    }

    private Task RolloutAsync(string id, Func<JsonElement, bool> holds, string what) => Wait.UntilAsync(
        async () => holds((await stage["olga"].GetAsync($"/api/v1/rollouts/{id}")).GetProperty("line")), what, () => stage.Said);

    private async Task TakeAsync(string picture, string path, ColorScheme scheme, int width)
    {
        await using Sheet sheet = await stage.OpenAsync("olga", path, scheme, width);
        await sheet.IsAsync("document.documentElement.dataset.live === 'on' && !document.querySelector('[data-chart]:not([data-drawn])')");
        Directory.CreateDirectory(Folder);
        await sheet.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder, picture) });
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Ringwall.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("These tests run inside the repository.");
    }
}
