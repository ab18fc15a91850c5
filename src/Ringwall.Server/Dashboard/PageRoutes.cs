using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;
using Ringwall.Server.Access;
using Ringwall.Server.Dashboard.Live;
using Ringwall.Server.Dashboard.Models;
using Ringwall.Server.Dashboard.Pages;
using Ringwall.Server.Dashboard.Reading;
using Ringwall.Server.Releases;

namespace Ringwall.Server.Dashboard;

/// <summary>The pages that people read. Each asks who looks: a vendor sees its own part, and a page that is not for it says so.</summary>
internal static class PageRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder pages = routes.MapGroup("").RequireAuthorization(Policies.Read).ExcludeFromDescription();
        pages.MapGet("/", async (FleetReader fleet, HttpContext context) => Me(context).Oversees
            ? await PageAsync<FleetPage>(context, await fleet.ReadAsync(Me(context), context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false)
            : Results.Redirect("/rollouts"));
        pages.MapGet("/rollouts", async (RolloutReader rollouts, HttpContext context) =>
            await PageAsync<RolloutsPage>(context, await rollouts.ListAsync(Me(context), context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false));
        pages.MapGet("/rollouts/{id}", async (string id, RolloutReader rollouts, HttpContext context) =>
            await PageOrNoneAsync<RolloutPage>(context, await rollouts.OneAsync(id, Me(context), context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false));
        pages.MapGet("/releases", async (ReleaseReader releases, HttpContext context, string vendor = "") =>
            await PageAsync<ReleasesPage>(context, await releases.ListAsync(Me(context), vendor, context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false));
        pages.MapGet("/releases/{**path}", async (string path, ReleaseReader releases, HttpContext context, string report = "") =>
            await PageOrNoneAsync<ReleasePage>(context, await releases.OneAsync(path, report, Me(context), context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false));
        pages.MapGet("/incidents", async (IncidentReader incidents, HttpContext context) =>
            await PageAsync<IncidentsPage>(context, await incidents.ReadAsync(Me(context), context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false));
        pages.MapGet("/vendors", async (ReleaseReader releases, HttpContext context) =>
            await PageAsync<VendorsPage>(context, await releases.VendorsAsync(Me(context), context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false));
        pages.MapGet("/me", async (ControlReader control, HttpContext context) =>
            await PageAsync<AccountPage>(context, await control.AccountAsync(Me(context), context).ConfigureAwait(false)).ConfigureAwait(false));

        RouteGroupBuilder overseers = pages.MapGroup("").AddEndpointFilter(OverseersAsync);
        overseers.MapGet("/devices", async (DeviceReader devices, HttpContext context, string words = "", string ring = "", string cell = "", string state = "", string after = "") =>
            await PageAsync<DevicesPage>(context, await devices.ListAsync(new DeviceList.Asked(words, ring, cell, state, after), context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false));
        overseers.MapGet("/devices/{id}", async (string id, DeviceReader devices, HttpContext context) =>
            await PageOrNoneAsync<DevicePage>(context, await devices.OneAsync(id, IsOperator(context), context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false));
        overseers.MapGet("/audit", async (ControlReader control, HttpContext context, string who = "", string what = "", long before = 0, string check = "") =>
            await PageAsync<AuditPage>(context, await control.AuditAsync(who, what, before, check == "yes", context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false));
        overseers.MapGet("/people", async (ControlReader control, VendorDesk vendors, HttpContext context) =>
            await PageAsync<PeoplePage>(context, await PeopleAsync(control, vendors, context).ConfigureAwait(false)).ConfigureAwait(false));
        overseers.MapGet("/join-tokens", async (ControlReader control, HttpContext context) =>
            await PageAsync<JoinTokensPage>(context, await control.JoinTokensAsync(IsOperator(context), context).ConfigureAwait(false)).ConfigureAwait(false));

        pages.MapGet("/events", (LiveEvents live, OpenStreams streams, HttpContext context) => TypedResults.ServerSentEvents(live.FollowAsync(streams.Begin(context))));
    }

    /// <summary>Renders a page with its model.</summary>
    public static async Task<IResult> PageAsync<TPage>(HttpContext context, object model, int status = StatusCodes.Status200OK)
        where TPage : IComponent
    {
        Shell shell = await context.RequestServices.GetRequiredService<ShellReader>().ReadAsync(context).ConfigureAwait(false);
        return new RazorComponentResult<TPage>(new Dictionary<string, object?> { ["Model"] = model, ["Shell"] = shell }) { StatusCode = status, PreventStreamingRendering = true };
    }

    public static async Task<PeopleList> PeopleAsync(ControlReader control, VendorDesk vendors, HttpContext context)
    {
        string[] names = [.. (await vendors.ListAsync(context.RequestAborted).ConfigureAwait(false)).Select(vendor => vendor.Name)];
        return await control.PeopleAsync(names, IsOperator(context), context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task<IResult> PageOrNoneAsync<TPage>(HttpContext context, object? model)
        where TPage : IComponent => model is null
            ? await MissingAsync(context, "There is no such page", "It was never there, or it is not yours to see.", StatusCodes.Status404NotFound).ConfigureAwait(false)
            : await PageAsync<TPage>(context, model).ConfigureAwait(false);

    private static async Task<IResult> MissingAsync(HttpContext context, string title, string says, int status)
    {
        Shell shell = await context.RequestServices.GetRequiredService<ShellReader>().ReadAsync(context).ConfigureAwait(false);
        return new RazorComponentResult<MissingPage>(new Dictionary<string, object?> { ["Title"] = title, ["Says"] = says, ["Shell"] = shell }) { StatusCode = status };
    }

    private static async ValueTask<object?> OverseersAsync(EndpointFilterInvocationContext asked, EndpointFilterDelegate next) => Me(asked.HttpContext).Oversees
        ? await next(asked).ConfigureAwait(false)
        : await MissingAsync(asked.HttpContext, "This page is not for vendors", "You see your own releases, their rollouts and what came of them.", StatusCodes.Status403Forbidden).ConfigureAwait(false);

    private static Access.Person Me(HttpContext context) => Access.Person.Of(context.User);

    private static bool IsOperator(HttpContext context) => Me(context).Roles.Contains(Role.Operator);
}
