using Microsoft.Playwright;
using Ringwall.Dashboard.Tests.Stage;
using static Microsoft.Playwright.Assertions;

namespace Ringwall.Dashboard.Tests;

[Collection(FleetGroup.Name)]
public sealed class ProblemTests(FleetStage stage)
{
    [Fact]
    public async Task Whoever_gets_lost_is_told_so_by_a_page_that_leads_on()
    {
        await using Sheet sheet = await stage.OpenAsync("aud", "/nothing");
        await Expect(sheet.Heading("There is no such thing")).ToBeVisibleAsync();
        Assert.Empty(await sheet.Page.EvaluateAsync<string[]>(Checks.Contrast));
        await sheet.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "To the start" }).ClickAsync();
        await Expect(sheet.Page).ToHaveURLAsync(stage.Server.ToString());

        await using Sheet nobody = await stage.OpenAsync(null, "/sign-in/link/too-old", ColorScheme.Dark);
        await Expect(nobody.Page.Locator("main")).ToContainTextAsync("A link works once, and for 15 minutes.");
        Assert.Empty(await nobody.Page.EvaluateAsync<string[]>(Checks.Contrast));
        await nobody.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Sign in" }).ClickAsync();
        await Expect(nobody.Heading("Sign in")).ToBeVisibleAsync();
    }
}
