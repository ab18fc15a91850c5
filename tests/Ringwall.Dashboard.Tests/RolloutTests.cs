using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Ringwall.Dashboard.Tests.Stage;
using static Microsoft.Playwright.Assertions;

namespace Ringwall.Dashboard.Tests;

[Collection(FleetGroup.Name)]
public sealed class RolloutTests(FleetStage stage)
{
    [Fact]
    public async Task A_bad_release_is_halted_while_somebody_watches()
    {
        await using Sheet vendor = await stage.OpenAsync("yves", "/releases");
        await stage.PublishAsync("yves", "1", "acme/shield/content-1.tar.gz");
        await vendor.ShowsAsync("acme/shield/content-1");

        await using Sheet watching = await stage.OpenAsync("olga", "/rollouts");
        await watching.Page.Locator("select[name=release]").SelectOptionAsync("acme/shield/content-1.tar.gz");
        await watching.PressAsync("Start the rollout");
        await watching.ShowsAsync("The rollout of acme/shield/content-1 has begun");
        await Expect(watching.Heading("acme/shield/content-1")).ToBeVisibleAsync();
        string address = watching.Page.Url;

        // From here on nobody touches the page.
        await watching.ShowsAsync("HALT: acme/shield content 1 harms");
        Assert.Equal(address, watching.Page.Url);
        await Expect(watching.Page.Locator("main .state").First).ToHaveTextAsync("halted");
        await watching.ShowsAsync("Devices with the release are worse than devices without it");
        await Expect(watching.Button("Pause")).ToHaveCountAsync(0);
        await Expect(watching.Page.Locator("[data-chart] canvas")).ToHaveCountAsync(3);

        JsonElement rollout = (await stage["olga"].GetAsync($"/api/v1/rollouts/{address.Split('/')[^1]}")).GetProperty("line");
        Assert.True(rollout.GetProperty("harmed").GetInt32() <= 25, $"{rollout}");

        await watching.GoAsync("/");
        await watching.ShowsAsync("acme/shield/content-1 was halted");
        await watching.GoAsync("/incidents");
        await watching.ShowsAsync("acme/shield/content-1 was halted");
        await watching.ShowsAsync("signal 11 in the engine");
        Assert.Empty(watching.Errors);
    }

    [Fact]
    public async Task An_urgent_release_is_let_out_when_two_people_have_approved_it()
    {
        await stage.PublishAsync("nora", "50", "northwind/sigma/content-50.tar.gz");
        await using Sheet first = await stage.OpenAsync("olga", "/releases/northwind/sigma/content-50.tar.gz");
        await first.Page.Locator("select[name=urgent]").SelectOptionAsync("yes");
        await first.PressAsync("Start the rollout");
        await Expect(first.Page.Locator("main .state").First).ToHaveTextAsync("waits for approval");
        await first.ShowsAsync("1 of 2");
        await Expect(first.Button("Approve")).ToHaveCountAsync(0);

        await using Sheet second = await stage.OpenAsync("anton", "/");
        await second.Page.Locator(".needs li", new PageLocatorOptions { HasText = "northwind/sigma/content-50 waits for a second approval" }).GetByRole(AriaRole.Link).ClickAsync();
        await second.PressAsync("Approve");
        await second.ShowsAsync("You approved it");

        // The first one sees it without doing anything.
        await first.ShowsAsync("2 of 2");
        await Expect(first.Page.Locator("main .state").First).Not.ToHaveTextAsync("waits for approval", new LocatorAssertionsToHaveTextOptions { Timeout = 30_000 });
        await stage["olga"].PostAsync($"/api/v1/rollouts/{first.Page.Url.Split('/')[^1]}/halt", new { why = "enough was seen" });
    }

    [Fact]
    public async Task Without_script_a_person_pauses_resumes_and_halts()
    {
        await stage.PublishAsync("nora", "1", "northwind/yara/content-1.tar.gz");
        await using Sheet sheet = await stage.OpenAsync("olga", "/releases/northwind/yara/content-1.tar.gz", script: false);
        await sheet.PressAsync("Start the rollout");
        await sheet.PressAsync("Pause");
        await sheet.ShowsAsync("It is paused");
        await Expect(sheet.Page.Locator("main .state").First).ToHaveTextAsync("paused");
        await sheet.PressAsync("Resume");
        await sheet.ShowsAsync("It goes on");
        await sheet.Page.Locator("summary", new PageLocatorOptions { HasText = "Halt" }).ClickAsync();
        await sheet.Page.Locator("input[name=why]").FillAsync("wrong content");
        await sheet.PressAsync("Halt");
        await sheet.ShowsAsync("It is halted for good");
        await sheet.ShowsAsync("HALTED by olga: wrong content");
        await sheet.GoAsync("/audit?what=rollout.halted");
        await Expect(sheet.Page.Locator("tbody tr").First).ToContainTextAsync(new Regex("olga"));
    }

    [Fact]
    public async Task A_refusal_is_said_on_the_page_that_it_is_about()
    {
        await stage.PublishAsync("nora", "2", "northwind/clam/content-1.tar.gz");
        await using Sheet one = await stage.OpenAsync("olga", "/rollouts");
        // With script the button goes away as soon as it would be refused.
        await using Sheet other = await stage.OpenAsync("olga", "/releases/northwind/clam/content-1.tar.gz", script: false);
        await one.Page.Locator("select[name=release]").SelectOptionAsync("northwind/clam/content-1.tar.gz");
        await one.Page.Locator("select[name=urgent]").SelectOptionAsync("yes");
        await one.PressAsync("Start the rollout");
        await one.ShowsAsync("has begun");
        await other.PressAsync("Start the rollout");
        await Expect(other.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("has a rollout already");
    }
}
