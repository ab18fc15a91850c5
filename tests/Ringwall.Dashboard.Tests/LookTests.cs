using System.Text.Json;
using Microsoft.Playwright;
using Ringwall.Dashboard.Tests.Stage;

namespace Ringwall.Dashboard.Tests;

[Collection(FleetGroup.Name)]
public sealed class LookTests(FleetStage stage)
{
    private const int MostBytes = 150_000;
    private const int Phone = 390;

    [Fact]
    public async Task The_first_page_is_light_and_all_of_it_comes_from_here()
    {
        await using Sheet sheet = await stage.OpenAsync("olga", "/");
        JsonElement loaded = await sheet.Page.EvaluateAsync<JsonElement>(
            "performance.getEntries().filter(e => e.entryType === 'navigation' || e.entryType === 'resource').map(e => ({ name: e.name, bytes: e.transferSize, type: e.initiatorType }))");
        JsonElement[] files = [.. loaded.EnumerateArray().Where(file => !file.GetProperty("name").GetString()!.EndsWith("/events", StringComparison.Ordinal))];
        Assert.All(files, file => Assert.StartsWith(stage.Server.ToString(), file.GetProperty("name").GetString(), StringComparison.Ordinal));
        Assert.True(files.Length >= 4, "the style, the script and the font were not seen");
        Assert.InRange(files.Sum(file => file.GetProperty("bytes").GetInt64()), 50_000, MostBytes);
        Assert.Empty(sheet.Errors);
    }

    [Fact]
    public async Task What_a_page_loads_is_kept_for_ever_and_the_page_itself_is_not_kept()
    {
        await using Sheet sheet = await stage.OpenAsync("olga", "/");
        string style = (await sheet.Page.Locator("link[rel=stylesheet]").GetAttributeAsync("href"))!;
        using HttpResponseMessage answer = await stage["olga"].Http.GetAsync(style);
        Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        using HttpResponseMessage page = await stage["olga"].Http.GetAsync("/");
        Assert.True(page.Headers.CacheControl!.NoStore);
        Assert.DoesNotContain("unsafe-inline", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_moves_while_a_page_loads_or_is_brought_up_to_date()
    {
        foreach (string path in (string[])["/", $"/rollouts/{await SomeRolloutAsync()}", "/devices"])
        {
            await using Sheet sheet = await stage.OpenAsync("olga", "/sign-in");
            await sheet.Page.Context.AddInitScriptAsync(Checks.WatchShifts);
            await sheet.GoAsync(path);
            // Live, and at least one round of bringing parts up to date.
            await sheet.Page.WaitForRequestAsync(request => request.Headers.ContainsKey("x-ringwall-live"), new PageWaitForRequestOptions { Timeout = 30_000 });
            await sheet.IsAsync("document.documentElement.dataset.live === 'on'");
            Assert.True(await sheet.Page.EvaluateAsync<double>("window.shifted") < 0.001, $"{path}: {await sheet.Page.EvaluateAsync<string>("window.shiftedWhat")}");
        }

        // The control: something that comes late and pushes the rest down.
        await using Sheet control = await stage.OpenAsync("olga", "/sign-in");
        await control.Page.Context.AddInitScriptAsync(Checks.WatchShifts);
        await control.GoAsync("/devices");
        await control.Page.EvaluateAsync("requestAnimationFrame(() => setTimeout(() => { const late = document.createElement('p'); late.textContent = 'late'; document.querySelector('main').prepend(late); late.append(document.createElement('br'), document.createElement('br')); }, 700))");
        await control.IsAsync("window.shifted > 0.001");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_word_can_be_read(ColorScheme scheme)
    {
        await using Sheet sheet = await stage.OpenAsync("olga", "/", scheme);
        foreach (string path in await PagesAsync())
        {
            await sheet.GoAsync(path);
            string[] pale = await sheet.Page.EvaluateAsync<string[]>(Checks.Contrast);
            Assert.True(pale.Length == 0, $"{path} in {scheme}:\n{string.Join('\n', pale)}");
        }

        await sheet.Page.EvaluateAsync("() => { const pale = document.createElement('p'); pale.textContent = 'pale'; pale.style.color = 'rgb(128 128 128 / 0.5)'; document.querySelector('main').append(pale); }");
        Assert.NotEmpty(await sheet.Page.EvaluateAsync<string[]>(Checks.Contrast));
    }

    [Fact]
    public async Task Every_page_has_headings_landmarks_names_and_labels()
    {
        await using Sheet sheet = await stage.OpenAsync("olga", "/");
        HashSet<string> titles = [];
        foreach (string path in await PagesAsync())
        {
            await sheet.GoAsync(path);
            string[] faults = await sheet.Page.EvaluateAsync<string[]>(Checks.Structure);
            Assert.True(faults.Length == 0, $"{path}:\n{string.Join('\n', faults)}");
            Assert.True(titles.Add(await sheet.Page.TitleAsync()), $"{path} is called like another page: {await sheet.Page.TitleAsync()}");
        }

        await sheet.Page.EvaluateAsync("document.querySelector('main').insertAdjacentHTML('beforeend', '<h4>too deep</h4><input name=nameless><button></button><p id=main></p>')");
        Assert.Equal(4, (await sheet.Page.EvaluateAsync<string[]>(Checks.Structure)).Length);
    }

    [Fact]
    public async Task On_a_phone_no_page_scrolls_sideways()
    {
        await using Sheet sheet = await stage.OpenAsync("olga", "/", width: Phone);
        foreach (string path in await PagesAsync())
        {
            await sheet.GoAsync(path);
            string[] wide = await sheet.Page.EvaluateAsync<string[]>(Checks.TooWide);
            Assert.True(wide.Length == 0, $"{path}:\n{string.Join('\n', wide)}");
        }

        await sheet.Page.GetByText("Menu").ClickAsync();
        await Assertions.Expect(sheet.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Incidents", Exact = true })).ToBeVisibleAsync();
        await sheet.Page.EvaluateAsync("document.querySelector('main').insertAdjacentHTML('beforeend', '<pre class=wide>' + 'x'.repeat(400) + '</pre>')");
        await sheet.Page.EvaluateAsync("document.querySelector('.wide').style.whiteSpace = 'pre'; document.querySelector('.wide').style.overflow = 'visible'; document.querySelector('.wide').style.width = '900px'");
        Assert.NotEmpty(await sheet.Page.EvaluateAsync<string[]>(Checks.TooWide));
    }

    [Fact]
    public async Task Somebody_with_a_keyboard_alone_gets_everywhere()
    {
        await using Sheet sheet = await stage.OpenAsync("olga", "/");
        await sheet.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the page", await sheet.Page.EvaluateAsync<string>("document.activeElement.textContent"));
        Assert.True(await sheet.Page.EvaluateAsync<bool>("document.activeElement.getBoundingClientRect().top >= 0"));
        await sheet.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("main", await sheet.Page.EvaluateAsync<string>("document.activeElement.id"));

        // Whatever can be pressed is reached, and shows that it was.
        await sheet.GoAsync($"/rollouts/{await SomeRolloutAsync()}");
        int pressable = await sheet.Page.EvaluateAsync<int>("[...document.querySelectorAll('a[href], button, summary, input:not([type=hidden])')].filter(e => e.checkVisibility({ visibilityProperty: true })).length");
        HashSet<string> reached = [];
        for (int i = 0; i < pressable + 20; i++)
        {
            await sheet.Page.Keyboard.PressAsync("Tab");
            reached.Add(await sheet.Page.EvaluateAsync<string>(
                "(() => { const e = document.activeElement; return e === document.body ? '' : e.outerHTML.slice(0, 160) + getComputedStyle(e).outlineStyle; })()"));
        }

        Assert.True(reached.Count(element => element.EndsWith("solid", StringComparison.Ordinal) || element.EndsWith("auto", StringComparison.Ordinal)) >= 15, string.Join('\n', reached));
    }

    /// <summary>Every page, with something on it.</summary>
    private async Task<string[]> PagesAsync()
    {
        string rollout = await SomeRolloutAsync();
        JsonElement line = (await stage["olga"].GetAsync($"/api/v1/rollouts/{rollout}")).GetProperty("line");
        string device = (await stage["olga"].GetAsync("/api/v1/devices?most=1"))[0].GetProperty("id").GetString()!;
        return
        [
            "/", "/rollouts", $"/rollouts/{rollout}", "/releases", $"/releases/{line.GetProperty("release").GetString()}", "/devices", $"/devices/{device}", "/incidents", "/vendors", "/people", "/join-tokens",
            "/audit?check=yes", "/me", "/rollouts/none",
        ];
    }

    private async Task<string> SomeRolloutAsync()
    {
        const string Release = "northwind/look/content-1.tar.gz";
        JsonElement[] rollouts = [.. (await stage["olga"].GetAsync("/api/v1/rollouts")).EnumerateArray().Where(rollout => rollout.GetProperty("release").GetString() == Release)];
        if (rollouts.Length > 0)
        {
            return rollouts[0].GetProperty("id").GetString()!;
        }

        await stage.PublishAsync("nora", "1", Release);
        string id = (await stage["olga"].PostAsync("/api/v1/rollouts", new { release = Release })).GetProperty("line").GetProperty("id").GetString()!;
        await Wait.UntilAsync(async () => (await stage["olga"].GetAsync($"/api/v1/rollouts/{id}")).GetProperty("points").GetArrayLength() >= 2, "two decisions", () => stage.Said);
        await stage["olga"].PostAsync($"/api/v1/rollouts/{id}/pause", new { why = "to be looked at" });
        return id;
    }
}
