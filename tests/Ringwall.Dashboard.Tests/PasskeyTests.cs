using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Playwright;
using Ringwall.Dashboard.Tests.Stage;
using static Microsoft.Playwright.Assertions;

namespace Ringwall.Dashboard.Tests;

/// <summary>
/// Passkeys in a real browser, whose authenticator is a virtual one (Chrome DevTools Protocol, WebAuthn): it has keys, verifies its user, and signs. Browsers allow passkeys on the name
/// localhost, and not on an address.
/// </summary>
[Collection(FleetGroup.Name)]
public sealed class PasskeyTests(FleetStage stage)
{
    [Fact]
    public async Task A_passkey_that_was_added_signs_in_and_no_other_key_does()
    {
        await using Sheet sheet = await stage.OpenAsync(null, Local("/sign-in"));
        ICDPSession browser = await sheet.Page.Context.NewCDPSessionAsync(sheet.Page);
        await browser.SendAsync("WebAuthn.enable");
        string authenticator = await AddAuthenticatorAsync(browser);

        // Nothing is on it yet.
        await sheet.PressAsync("Use a passkey");
        await Expect(sheet.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("No passkey was used.");

        await sheet.GoAsync(Local(await stage["olga"].InviteAsync("pia", ["auditor"])));
        await sheet.GoAsync(Local("/me"));
        await sheet.Page.Locator("input[name=passkey-name]").FillAsync("a laptop");
        await sheet.PressAsync("Add a passkey");
        await Expect(sheet.Page.GetByRole(AriaRole.Rowheader, new PageGetByRoleOptions { Name = "a laptop" })).ToBeVisibleAsync();
        await SignOutAsync(sheet);

        // Whoever asked for a page is shown it afterwards.
        await sheet.GoAsync(Local("/audit"));
        await sheet.PressAsync("Use a passkey");
        await Expect(sheet.Heading("Audit")).ToBeVisibleAsync();
        await Expect(sheet.Page.Locator(".who")).ToContainTextAsync("pia");
        Assert.Empty(sheet.Errors);
        await SignOutAsync(sheet);

        // The controls: another key that pretends to be this passkey, and then no passkey at all.
        JsonElement credential = (await browser.SendAsync("WebAuthn.getCredentials", new() { ["authenticatorId"] = authenticator }))!.Value.GetProperty("credentials")[0];
        await browser.SendAsync("WebAuthn.clearCredentials", new() { ["authenticatorId"] = authenticator });
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await browser.SendAsync("WebAuthn.addCredential", new()
        {
            ["authenticatorId"] = authenticator,
            ["credential"] = new Dictionary<string, object>
            {
                ["credentialId"] = credential.GetProperty("credentialId").GetString()!,
                ["isResidentCredential"] = true,
                ["rpId"] = credential.GetProperty("rpId").GetString()!,
                ["userHandle"] = credential.GetProperty("userHandle").GetString()!,
                ["signCount"] = 1000,
                ["privateKey"] = Convert.ToBase64String(other.ExportPkcs8PrivateKey()),
            },
        });
        await sheet.PressAsync("Use a passkey");
        await Expect(sheet.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("That does not sign in");
        await browser.SendAsync("WebAuthn.removeVirtualAuthenticator", new() { ["authenticatorId"] = authenticator });
        await AddAuthenticatorAsync(browser);
        await sheet.PressAsync("Use a passkey");
        await Expect(sheet.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("No passkey was used.");
        await sheet.GoAsync(Local("/audit"));
        await Expect(sheet.Page).ToHaveURLAsync(Local("/sign-in?back=%2Faudit"));
    }

    private string Local(string path) => new UriBuilder(new Uri(stage.Server, path)) { Host = "localhost" }.Uri.ToString();

    private async Task SignOutAsync(Sheet sheet)
    {
        await sheet.PressAsync("Sign out");
        await Expect(sheet.Page).ToHaveURLAsync(Local("/sign-in"));
    }

    private static async Task<string> AddAuthenticatorAsync(ICDPSession browser) => (await browser.SendAsync("WebAuthn.addVirtualAuthenticator", new()
    {
        ["options"] = new Dictionary<string, object>
        {
            ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
        },
    }))!.Value.GetProperty("authenticatorId").GetString()!;
}
