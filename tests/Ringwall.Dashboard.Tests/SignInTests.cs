using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Ringwall.Dashboard.Tests.Stage;
using static Microsoft.Playwright.Assertions;

namespace Ringwall.Dashboard.Tests;

[Collection(FleetGroup.Name)]
public sealed class SignInTests(FleetStage stage)
{
    private const string Password = "correct horse battery staple";

    [Fact]
    public async Task Who_follows_a_link_sets_a_password_and_a_code_and_signs_in_with_them()
    {
        string link = await stage["olga"].InviteAsync("petra", ["auditor"]);
        await using Sheet sheet = await stage.OpenAsync(null, link);
        await Expect(sheet.Page).ToHaveURLAsync(new Uri(stage.Server, "/").ToString());
        await sheet.GoAsync("/me");
        await sheet.Page.Locator("input[name=password]").FillAsync(Password);
        await sheet.PressAsync("Set it");
        await sheet.ShowsAsync("The password is set");
        await sheet.PressAsync("Set up the code");
        string secret = await sheet.Page.Locator(".secret").InnerTextAsync();
        long step = Authenticator.StepOf(DateTimeOffset.UtcNow);
        await sheet.Page.Locator("input[name=code]").FillAsync(Authenticator.Code(secret, step));
        await sheet.PressAsync("Confirm");
        await sheet.ShowsAsync("The code is set up");
        await sheet.PressAsync("Sign out");
        await Expect(sheet.Page).ToHaveURLAsync(new Uri(stage.Server, "/sign-in").ToString());

        // A page that was asked for is shown after signing in. A code counts once, and the next one counts already.
        await sheet.GoAsync("/audit");
        await SignInAsync(sheet, "petra", Password, "000000");
        await Expect(sheet.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync(new Regex("does not sign in"));
        await SignInAsync(sheet, "petra", Password, Authenticator.Code(secret, step + 1));
        await Expect(sheet.Heading("Audit")).ToBeVisibleAsync();
        await Expect(sheet.Page.Locator(".who")).ToContainTextAsync("petra");
    }

    [Fact]
    public async Task Nobody_is_led_away_from_this_server_after_signing_in()
    {
        await using Sheet sheet = await stage.OpenAsync(null, "/sign-in?back=//example.org/");
        await Expect(sheet.Page.Locator("input[name=back]")).ToHaveValueAsync("/");
        await sheet.GoAsync("/sign-in?back=/audit");
        await Expect(sheet.Page.Locator("input[name=back]")).ToHaveValueAsync("/audit");
    }

    private static async Task SignInAsync(Sheet sheet, string name, string password, string code)
    {
        await sheet.Page.Locator("input[name=name]").FillAsync(name);
        await sheet.Page.Locator("input[name=password]").FillAsync(password);
        await sheet.Page.Locator("input[name=code]").FillAsync(code);
        await sheet.PressAsync("Sign in");
    }
}
