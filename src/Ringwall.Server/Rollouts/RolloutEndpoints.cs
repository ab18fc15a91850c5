using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Ringwall.Server.Access;
using Ringwall.Server.Running;
using Ringwall.Wire.Api;

namespace Ringwall.Server.Rollouts;

/// <summary>Rollouts, releases and the fleet's policy over HTTP.</summary>
internal static class RolloutEndpoints
{
    private const int MostDecisions = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder api = routes.MapGroup("/api/v1").WithTags("Rollouts");
        api.MapGet("/releases", (HttpContext context, RolloutPages pages, CancellationToken stop) => pages.ReleasesAsync(Person.Of(context.User), stop)).RequireAuthorization(Policies.Read);
        api.MapGet("/rollouts", (HttpContext context, RolloutPages pages, CancellationToken stop) => pages.ListAsync(Person.Of(context.User), stop)).RequireAuthorization(Policies.Read);
        api.MapGet("/rollouts/{id}", OneAsync).RequireAuthorization(Policies.Read);
        api.MapGet("/rollouts/{id}/decisions", (string id, long? before, int? count, HttpContext context, RolloutPages pages, CancellationToken stop) =>
            pages.DecisionsAsync(id, before, Math.Clamp(count ?? 100, 1, MostDecisions), Person.Of(context.User), stop)).RequireAuthorization(Policies.Read);
        api.MapGet("/rollouts/{id}/decisions/{number:long}", RecordAsync).RequireAuthorization(Policies.Read);
        api.MapPost("/rollouts", StartAsync).RequireAuthorization(Policies.Operator);
        api.MapPost("/rollouts/{id}/approve", (string id, SteerOrder order, HttpContext context, RolloutDesk desk, RolloutPages pages, CancellationToken stop) =>
            SteerAsync(id, context, pages, person => desk.ApproveAsync(id, person, Why(order), stop), stop)).RequireAuthorization(Policies.Approver);
        api.MapPost("/rollouts/{id}/pause", (string id, SteerOrder order, HttpContext context, RolloutDesk desk, RolloutPages pages, CancellationToken stop) =>
            SteerAsync(id, context, pages, person => desk.PauseAsync(id, person, Why(order), stop), stop)).RequireAuthorization(Policies.Steer);
        api.MapPost("/rollouts/{id}/resume", (string id, SteerOrder order, HttpContext context, RolloutDesk desk, RolloutPages pages, CancellationToken stop) =>
            SteerAsync(id, context, pages, person => desk.ResumeAsync(id, person, Why(order), stop), stop)).RequireAuthorization(Policies.Steer);
        api.MapPost("/rollouts/{id}/halt", (string id, SteerOrder order, HttpContext context, RolloutDesk desk, RolloutPages pages, CancellationToken stop) =>
            SteerAsync(id, context, pages, person => desk.HaltAsync(id, person, Why(order), stop), stop)).RequireAuthorization(Policies.Steer);
        api.MapGet("/policy", (FleetPolicies policies, CancellationToken stop) => policies.GetAsync(stop)).RequireAuthorization(Policies.Oversee);
        api.MapPut("/policy", SetPolicyAsync).RequireAuthorization(Policies.Operator);
        api.MapGet("/events", (HttpContext context, ChangeFeed feed, OpenStreams streams) =>
            TypedResults.ServerSentEvents(EventsAsync(Person.Of(context.User), feed, streams.Begin(context)))).RequireAuthorization(Policies.Read).ExcludeFromDescription();
    }

    private static async Task<RolloutReply> OneAsync(string id, HttpContext context, RolloutPages pages, CancellationToken stop) =>
        await pages.FindAsync(id, Person.Of(context.User), stop).ConfigureAwait(false) ?? throw new RequestRefused(ProblemType.NotFound, $"there is no rollout {id}");

    private static async Task<IResult> RecordAsync(string id, long number, HttpContext context, RolloutPages pages, CancellationToken stop) => TypedResults.Bytes(
        await pages.RecordAsync(id, number, Person.Of(context.User), stop).ConfigureAwait(false) ?? throw new RequestRefused(ProblemType.NotFound, $"there is no decision {number} of {id}"),
        "application/json");

    private static async Task<RolloutReply> StartAsync(RolloutOrder order, HttpContext context, RolloutDesk desk, RolloutPages pages, CancellationToken stop)
    {
        Person person = Person.Of(context.User);
        string id = await desk.StartAsync(order.Release, order.Urgent, person, stop).ConfigureAwait(false);
        return (await pages.FindAsync(id, person, stop).ConfigureAwait(false))!;
    }

    private static async Task<RolloutReply> SteerAsync(string id, HttpContext context, RolloutPages pages, Func<Person, Task> steer, CancellationToken stop)
    {
        Person person = Person.Of(context.User);
        await steer(person).ConfigureAwait(false);
        return (await pages.FindAsync(id, person, stop).ConfigureAwait(false))!;
    }

    private static async Task<IResult> SetPolicyAsync(FleetPolicy policy, HttpContext context, FleetPolicies policies, RolloutSignal signal, CancellationToken stop)
    {
        await policies.SetAsync(policy, Person.Of(context.User), stop).ConfigureAwait(false);
        signal.Nudge();
        return TypedResults.NoContent();
    }

    // A vendor is told that something changed, and asks for what it may see: kinds alone say nothing about others.
    private static async IAsyncEnumerable<SseItem<FleetChange>> EventsAsync(Person person, ChangeFeed feed, [EnumeratorCancellation] CancellationToken until)
    {
        await foreach (FleetChange change in feed.ListenAsync(until).ConfigureAwait(false))
        {
            yield return new SseItem<FleetChange>(person.Oversees ? change : change with { About = "" }, "change");
        }
    }

    private static string Why(SteerOrder order) => order.Why.Length <= 1000 ? order.Why : throw new RequestRefused(ProblemType.BadRequest, "a reason has 1,000 characters at most");
}
