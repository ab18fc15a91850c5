using Ringwall.Rollouts;
using Ringwall.Server.Access;
using Ringwall.Server.Access.Doors;
using Ringwall.Server.Dashboard.Changing;
using Ringwall.Server.Dashboard.Models;
using Ringwall.Server.Dashboard.Pages;
using Ringwall.Server.Dashboard.Parts;
using Ringwall.Server.Dashboard.Reading;
using Ringwall.Server.Enrolment;
using Ringwall.Server.Inventory;
using Ringwall.Server.Releases;
using Ringwall.Server.Rollouts;
using Ringwall.Server.Running;
using Ring = Ringwall.Rollouts.Ring;

namespace Ringwall.Server.Dashboard;

/// <summary>
/// What forms of the pages send. Each calls what the API calls, with the same policy; then the browser goes back to a page that says what was done, or why not. What is shown
/// only once (a link, a token) is the answer itself.
/// </summary>
internal static class FormRoutes
{
    private const int LongestReason = 1000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder forms = routes.MapGroup("").ExcludeFromDescription().AddEndpointFilter(BackWithRefusalAsync);
        RouteGroupBuilder steering = forms.MapGroup("/rollouts");
        steering.MapPost("/start", async (HttpContext context, RolloutDesk desk) =>
        {
            IFormCollection form = await FormBody.ReadAsync(context.Request).ConfigureAwait(false);
            string release = form["release"].ToString();
            string id = await desk.StartAsync(release, form["urgent"] == "yes", Me(context), context.RequestAborted).ConfigureAwait(false);
            return Back(context, $"/rollouts/{id}", $"The rollout of {Words.Release(release)} has begun.");
        }).RequireAuthorization(Policies.Operator);
        steering.MapPost("/{id}/approve", (string id, HttpContext context, RolloutDesk desk) =>
            SteerAsync(context, id, desk.ApproveAsync, "You approved it.")).RequireAuthorization(Policies.Approver);
        steering.MapPost("/{id}/pause", (string id, HttpContext context, RolloutDesk desk) =>
            SteerAsync(context, id, desk.PauseAsync, "It is paused. Nobody more is let in.")).RequireAuthorization(Policies.Steer);
        steering.MapPost("/{id}/resume", (string id, HttpContext context, RolloutDesk desk) =>
            SteerAsync(context, id, desk.ResumeAsync, "It goes on: the rules decide again.")).RequireAuthorization(Policies.Steer);
        steering.MapPost("/{id}/halt", (string id, HttpContext context, RolloutDesk desk) =>
            SteerAsync(context, id, desk.HaltAsync, "It is halted for good. Devices that took it return to what they had.")).RequireAuthorization(Policies.Steer);

        RouteGroupBuilder operators = forms.MapGroup("").RequireAuthorization(Policies.Operator);
        operators.MapPost("/devices/{id}/ring", MoveAsync);
        operators.MapPost("/join-tokens", MakeJoinTokenAsync);
        operators.MapPost("/join-tokens/{id}/withdraw", async (string id, JoinTokens tokens, HttpContext context) =>
        {
            await tokens.WithdrawAsync(id, Me(context).Id, context.RequestAborted).ConfigureAwait(false);
            return Back(context, "/join-tokens", "The token lets nobody in any more.");
        });
        operators.MapPost("/people", AddPersonAsync);
        operators.MapPost("/people/{id}/link", async (string id, Accounts accounts, ControlReader control, VendorDesk vendors, LinkDoor links, HttpContext context) =>
            await LinkAsync(await AccountAsync(accounts, id, context).ConfigureAwait(false), control, vendors, links, context).ConfigureAwait(false));
        operators.MapPost("/people/{id}/block", (string id, Accounts accounts, HttpContext context) => BlockAsync(id, true, accounts, context));
        operators.MapPost("/people/{id}/unblock", (string id, Accounts accounts, HttpContext context) => BlockAsync(id, false, accounts, context));
    }

    /// <summary>Goes to a page that says what was done.</summary>
    public static IResult Back(HttpContext context, string page, string says, Tone tone = Tone.Quiet)
    {
        context.RequestServices.GetRequiredService<NoticeCookie>().Leave(context, new Notice(says, tone));
        context.Response.Headers.Location = page;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    /// <summary>A refusal is for a person here: it is said on the page that the form came from.</summary>
    public static async ValueTask<object?> BackWithRefusalAsync(EndpointFilterInvocationContext asked, EndpointFilterDelegate next)
    {
        // What is no form comes from no page: it is answered as any program is. What follows reads it as it is.
        await FormBody.ReadAsync(asked.HttpContext.Request).ConfigureAwait(false);
        try
        {
            return await next(asked).ConfigureAwait(false);
        }
        catch (RequestRefused refused)
        {
            HttpRequest request = asked.HttpContext.Request;
            // By the address of the form: not every browser says where it comes from.
            string path = request.Path.Value ?? "/";
            string page = path.StartsWith("/me", StringComparison.Ordinal) ? "/me" : path.EndsWith("/start", StringComparison.Ordinal) ? "/rollouts" : Page(path);
            return Back(asked.HttpContext, page, refused.Message.Length > 0 ? $"{refused.Type.Title}: {refused.Message}." : $"{refused.Type.Title}.", Tone.Bad);
        }
    }

    private static string Page(string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts is ["rollouts" or "devices", var id, _] ? $"/{parts[0]}/{id}" : $"/{parts.FirstOrDefault()}";
    }

    private static async Task<IResult> SteerAsync(HttpContext context, string id, Func<string, Access.Person, string, CancellationToken, Task> steer, string says)
    {
        string why = (await FormBody.ReadAsync(context.Request).ConfigureAwait(false))["why"].ToString().Trim();
        if (why.Length > LongestReason)
        {
            throw new RequestRefused(ProblemType.BadRequest, $"a reason has {LongestReason} characters at most");
        }

        await steer(id, Me(context), why, context.RequestAborted).ConfigureAwait(false);
        return Back(context, $"/rollouts/{id}", says);
    }

    private static async Task<IResult> MoveAsync(string id, Devices devices, HttpContext context)
    {
        string name = (await FormBody.ReadAsync(context.Request).ConfigureAwait(false))["ring"].ToString();
        if (!RingName.TryRead(name, out Ring ring))
        {
            throw new RequestRefused(ProblemType.BadRequest, $"'{name}' is no ring");
        }

        await devices.MoveAsync(id, ring, Me(context).Id, context.RequestAborted).ConfigureAwait(false);
        return Back(context, $"/devices/{id}", $"It stands in the {name} ring, for releases that begin from now on.");
    }

    private static async Task<IResult> MakeJoinTokenAsync(JoinTokens tokens, ControlReader control, HttpContext context)
    {
        IFormCollection form = await FormBody.ReadAsync(context.Request).ConfigureAwait(false);
        string site = form["site"].ToString().Trim();
        JoinTokenWish wish = new(form["ring"].ToString(), site.Length > 0 ? site : null, Number(form["uses"]), (int)Math.Min(Number(form["hours"]), int.MaxValue));
        NewJoinToken made = await tokens.MakeAsync(wish, Me(context).Id, context.RequestAborted).ConfigureAwait(false);
        JoinTokenList list = await control.JoinTokensAsync(mayChange: true, context).ConfigureAwait(false);
        return await PageRoutes.PageAsync<JoinTokensPage>(context, list with { Made = made.Secret }).ConfigureAwait(false);
    }

    private static async Task<IResult> AddPersonAsync(Accounts accounts, ControlReader control, VendorDesk vendors, LinkDoor links, HttpContext context)
    {
        IFormCollection form = await FormBody.ReadAsync(context.Request).ConfigureAwait(false);
        string vendor = form["vendor"].ToString();
        string name = Text.AccountName(form["name"].ToString().Trim());
        (string[] roles, string? publishesFor) = AccountEndpoints.Check([.. form["role"].OfType<string>()], vendor.Length > 0 ? vendor : null);
        (_, string path) = await accounts.InviteAsync(Me(context).Id, name, roles, publishesFor, links, context.RequestAborted).ConfigureAwait(false);
        return await ShowLinkAsync(name, path, control, vendors, context).ConfigureAwait(false);
    }

    private static async Task<IResult> LinkAsync(Account account, ControlReader control, VendorDesk vendors, LinkDoor links, HttpContext context) => await ShowLinkAsync(
        account.Name, await links.NewAsync(Me(context).Id, account.Id, context.RequestAborted).ConfigureAwait(false), control, vendors, context).ConfigureAwait(false);

    private static async Task<IResult> ShowLinkAsync(string name, string path, ControlReader control, VendorDesk vendors, HttpContext context)
    {
        PeopleList people = await PageRoutes.PeopleAsync(control, vendors, context).ConfigureAwait(false);
        return await PageRoutes.PageAsync<PeoplePage>(context, people with { Made = new PeopleList.Link(name, control.Address(context) + path) }).ConfigureAwait(false);
    }

    private static async Task<IResult> BlockAsync(string id, bool blocked, Accounts accounts, HttpContext context)
    {
        Account account = await AccountAsync(accounts, id, context).ConfigureAwait(false);
        await accounts.ChangeAsync(Me(context).Id, id, account.RoleList, account.Vendor, blocked, context.RequestAborted).ConfigureAwait(false);
        return Back(context, "/people", blocked ? $"{account.Name} can not sign in any more, and is signed out everywhere." : $"{account.Name} can sign in again.");
    }

    private static async Task<Account> AccountAsync(Accounts accounts, string id, HttpContext context) =>
        await accounts.ByIdAsync(id, context.RequestAborted).ConfigureAwait(false) ?? throw new RequestRefused(ProblemType.NotFound, $"there is no account {id}");

    private static long Number(string? value) => long.TryParse(value, out long number) ? number : 0;

    private static Access.Person Me(HttpContext context) => Access.Person.Of(context.User);
}
