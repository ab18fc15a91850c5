using System.Net;
using System.Text.Json;
using Microsoft.Playwright;
using Ringwall.Dashboard.Tests.Stage;
using static Microsoft.Playwright.Assertions;

namespace Ringwall.Dashboard.Tests;

[Collection(FleetGroup.Name)]
public sealed class RoleTests(FleetStage stage)
{
    private static readonly string[] Pages = ["/", "/rollouts", "/releases", "/devices", "/incidents", "/vendors", "/people", "/join-tokens", "/audit"];

    [Fact]
    public async Task An_auditor_reads_every_page_and_finds_no_button_that_changes_anything()
    {
        string rollout = await RolloutAsync("northwind/reading/content-1.tar.gz");
        string device = (await stage["olga"].GetAsync("/api/v1/devices?most=1"))[0].GetProperty("id").GetString()!;
        await using Sheet auditor = await stage.OpenAsync("aud", "/");
        foreach (string page in Pages.Append($"/rollouts/{rollout}").Append($"/devices/{device}"))
        {
            IResponse answer = await auditor.GoAsync(page);
            Assert.True(answer.Ok, $"{page}: {answer.Status}");
            Assert.Equal(["/sign-out"], await ChangesAsync(auditor));
        }

        // The control: an operator finds some.
        await using Sheet @operator = await stage.OpenAsync("olga", $"/rollouts/{rollout}");
        Assert.Contains($"/rollouts/{rollout}/halt", await ChangesAsync(@operator));
    }

    [Fact]
    public async Task What_an_auditor_sends_all_the_same_is_refused()
    {
        string rollout = await RolloutAsync("northwind/sending/content-1.tar.gz");
        string device = (await stage["olga"].GetAsync("/api/v1/devices?most=1"))[0].GetProperty("id").GetString()!;
        string[] forms =
        [
            "/rollouts/start", $"/rollouts/{rollout}/pause", $"/rollouts/{rollout}/halt", $"/rollouts/{rollout}/approve", $"/devices/{device}/ring", "/join-tokens", "/join-tokens/1/withdraw", "/people",
            "/people/1/link", "/people/1/block",
        ];
        long records = await RecordsAsync();
        foreach (string form in forms)
        {
            Assert.Equal(HttpStatusCode.Forbidden, await PostAsync("aud", form));
            Assert.Equal(HttpStatusCode.Forbidden, await PostAsync("nora", form));
        }

        Assert.Equal(records, await RecordsAsync());

        // The control: whoever may is not refused, and it is on record.
        Assert.Equal(HttpStatusCode.SeeOther, await PostAsync("olga", $"/rollouts/{rollout}/halt"));
        Assert.True(await RecordsAsync() > records);
    }

    [Fact]
    public async Task A_form_that_another_site_made_is_refused()
    {
        string rollout = await RolloutAsync("northwind/forging/content-1.tar.gz");
        using HttpRequestMessage request = new(HttpMethod.Post, $"/rollouts/{rollout}/pause") { Content = new FormUrlEncodedContent([]) };
        using HttpClient client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = stage.Server };
        request.Headers.Add("Cookie", string.Join("; ", stage["olga"].Cookies.Select(cookie => $"{cookie.Name}={cookie.Value}")));
        using HttpResponseMessage answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_vendor_sees_its_own_and_nothing_of_another_s()
    {
        string theirs = await RolloutAsync("acme/private/content-1.tar.gz", "yves");
        string own = await RolloutAsync("northwind/own/content-1.tar.gz");
        await using Sheet vendor = await stage.OpenAsync("nora", "/");
        await Expect(vendor.Heading("Rollouts")).ToBeVisibleAsync();
        foreach (string page in (string[])["/rollouts", "/releases", "/incidents", "/vendors", $"/rollouts/{own}"])
        {
            IResponse answer = await vendor.GoAsync(page);
            Assert.True(answer.Ok, page);
            string text = await vendor.Page.Locator("main").InnerTextAsync();
            Assert.DoesNotContain("acme", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("simulated-", text, StringComparison.Ordinal);
        }

        await vendor.GoAsync("/releases");
        await vendor.ShowsAsync("northwind/own/content-1");
        foreach (string page in (string[])["/releases/acme/private/content-1.tar.gz", $"/rollouts/{theirs}"])
        {
            Assert.Equal(404, (await vendor.GoAsync(page)).Status);
        }

        foreach (string page in (string[])["/devices", "/people", "/join-tokens", "/audit"])
        {
            Assert.Equal(403, (await vendor.GoAsync(page)).Status);
        }
    }

    private static async Task<string[]> ChangesAsync(Sheet sheet) => await sheet.Page.EvaluateAsync<string[]>(
        "[...document.querySelectorAll('form[method=post]')].map(form => new URL(form.action).pathname)");

    /// <summary>A rollout that waits for a second person.</summary>
    private async Task<string> RolloutAsync(string release, string vendor = "nora")
    {
        await stage.PublishAsync(vendor, "1", release);
        JsonElement reply = await stage["olga"].PostAsync("/api/v1/rollouts", new { release, urgent = true });
        return reply.GetProperty("line").GetProperty("id").GetString()!;
    }

    private async Task<HttpStatusCode> PostAsync(string person, string form)
    {
        using HttpResponseMessage answer = await stage[person].Http.PostAsync(form, new FormUrlEncodedContent([]));
        return answer.StatusCode;
    }

    /// <summary>What people changed; devices and rules have records of their own.</summary>
    private async Task<long> RecordsAsync()
    {
        string[] people = [.. (await stage["olga"].GetAsync("/api/v1/accounts")).EnumerateArray().Select(account => account.GetProperty("id").GetString()!)];
        long records = 0;
        foreach (string person in people)
        {
            records += (await stage["olga"].GetAsync($"/api/v1/audit?who={person}&limit=1000")).GetArrayLength();
        }

        return records;
    }
}
