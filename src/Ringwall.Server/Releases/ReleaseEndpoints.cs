using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Ringwall.Server.Access;
using Ringwall.Server.Running;
using Ringwall.Trust;
using Ringwall.Wire.Api;
using Ringwall.Wire.Packages;

namespace Ringwall.Server.Releases;

/// <summary>Releases, vendors and repositories over HTTP.</summary>
internal static class ReleaseEndpoints
{
    private const int LongestFile = 5_000_000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/packages/{vendor}/{sensor}/{file}", [HttpMethods.Get, HttpMethods.Head], PackageAsync).AllowAnonymous().ExcludeFromDescription();

        RouteGroupBuilder api = routes.MapGroup("/api/v1").WithTags("Releases");
        api.MapGet("/repositories", ListAsync).RequireAuthorization(Policies.Read);
        api.MapGet("/repositories/{repository}/{role}", RoleAsync).RequireAuthorization(Policies.Read);
        api.MapPost("/repositories/{repository}/root", RootAsync).RequireAuthorization(Policies.Operator);
        api.MapPost($"/repositories/{Repository.Vendors}/targets", TargetsAsync).RequireAuthorization(Policies.Operator);
        api.MapGet("/vendors", VendorsAsync).RequireAuthorization(Policies.Read);
        api.MapPost("/vendors", RegisterAsync).RequireAuthorization(Policies.Operator);
        api.MapGet("/vendors/draft", async (VendorDesk desk, CancellationToken stop) => TypedResults.Bytes(await desk.DraftAsync(stop).ConfigureAwait(false), "application/json")).RequireAuthorization(Policies.Operator);
        api.MapPost("/vendor/packages", TakePackageAsync).RequireAuthorization(Policies.Vendor);
        api.MapGet("/vendor/packages/{sha256}", FindPackageAsync).RequireAuthorization(Policies.Vendor);
        api.MapPost("/vendor/targets", PublishAsync).RequireAuthorization(Policies.Vendor);
    }

    private static async Task<IReadOnlyList<RepositoryReply>> ListAsync(HttpContext context, Repositories repositories, CancellationToken stop)
    {
        Person person = Person.Of(context.User);
        return [.. (await repositories.ListAsync(stop).ConfigureAwait(false)).Select(repository => repository with
        {
            Roles = [.. repository.Roles.Where(line => repository.Name != Repository.Vendors || RoleName.IsTopLevel(line.Role) || person.MaySee(line.Role))],
        })];
    }

    private static async Task<IResult> RoleAsync(string repository, string role, HttpContext context, Repositories repositories, CancellationToken stop)
    {
        Person person = Person.Of(context.User);
        bool isOthers = repository == Repository.Vendors && !RoleName.IsTopLevel(role) && !person.MaySee(role);
        return isOthers || await repositories.RoleAsync(repository, role, stop).ConfigureAwait(false) is not { } file
            ? throw new RequestRefused(ProblemType.NotFound, $"{repository} has no {role} yet")
            : TypedResults.Bytes(file, "application/json");
    }

    private static async Task<PublicationReply> RootAsync(string repository, HttpContext context, Repositories repositories, RepositoryShelf shelf, CancellationToken stop)
    {
        byte[] file = await BodyAsync(context, stop).ConfigureAwait(false);
        Publication publication = await RefusedAsync(() => repositories.PublishRootAsync(repository, file, Person.Of(context.User).Id, stop)).ConfigureAwait(false);
        await shelf.RenewAsync(stop).ConfigureAwait(false);
        return new PublicationReply(publication.Number, publication.Files, [], []);
    }

    private static async Task<PublicationReply> TargetsAsync(HttpContext context, Repositories repositories, RepositoryShelf shelf, CancellationToken stop)
    {
        byte[] file = await BodyAsync(context, stop).ConfigureAwait(false);
        Publication publication = await RefusedAsync(() => repositories.PublishVendorsAsync(file, Person.Of(context.User).Id, stop)).ConfigureAwait(false);
        await shelf.RenewAsync(stop).ConfigureAwait(false);
        return new PublicationReply(publication.Number, publication.Files, [], []);
    }

    private static async Task<IReadOnlyList<VendorLine>> VendorsAsync(HttpContext context, VendorDesk desk, CancellationToken stop)
    {
        Person person = Person.Of(context.User);
        return [.. (await desk.ListAsync(stop).ConfigureAwait(false)).Where(vendor => person.MaySee(vendor.Name))];
    }

    private static async Task<IResult> RegisterAsync(VendorRegistration vendor, HttpContext context, VendorDesk desk, CancellationToken stop)
    {
        await desk.RegisterAsync(vendor, Person.Of(context.User), stop).ConfigureAwait(false);
        return TypedResults.NoContent();
    }

    private static async Task<PackageReceipt> TakePackageAsync(HttpContext context, Packages packages, CancellationToken stop)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = PackageLimits.PackageBytes;
        }

        return await packages.TakeAsync(context.Request.Body, VendorOf(context), stop).ConfigureAwait(false);
    }

    private static async Task<PackageReceipt> FindPackageAsync(string sha256, HttpContext context, Packages packages, CancellationToken stop) =>
        await packages.FindAsync(sha256, VendorOf(context), stop).ConfigureAwait(false) ?? throw new RequestRefused(ProblemType.NotFound, "you have sent no such package");

    private static async Task<PublicationReply> PublishAsync(HttpContext context, VendorDesk desk, RepositoryShelf shelf, CancellationToken stop)
    {
        byte[] file = await BodyAsync(context, stop).ConfigureAwait(false);
        PublicationReply reply = await RefusedAsync(() => desk.PublishAsync(VendorOf(context), file, Person.Of(context.User), stop)).ConfigureAwait(false);
        await shelf.RenewAsync(stop).ConfigureAwait(false);
        return reply;
    }

    // VENDOR/SENSOR/SHA256.STREAM-NUMBER.tar.gz: what a device works out from the signed target.
    private static async Task<IResult> PackageAsync(string vendor, string sensor, string file, PublishedReleases releases, Packages packages, HttpContext context, CancellationToken stop)
    {
        const int Digest = 64;
        if (file.Length > Digest + 1 && file[Digest] == '.' && await releases.FindAsync($"{vendor}/{sensor}/{file[(Digest + 1)..]}", stop).ConfigureAwait(false) is { } release
            && file.AsSpan(0, Digest).SequenceEqual(release.Sha256) && await packages.OpenAsync(release.Sha256, stop).ConfigureAwait(false) is { } stream)
        {
            context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return TypedResults.Stream(stream, "application/gzip", entityTag: new EntityTagHeaderValue($"\"{release.Sha256}\""), enableRangeProcessing: true);
        }

        throw new RequestRefused(ProblemType.NotFound, "there is no such package");
    }

    private static string VendorOf(HttpContext context) =>
        Person.Of(context.User).Vendor ?? throw new RequestRefused(ProblemType.NotAllowed, "this account publishes for no vendor");

    private static async Task<byte[]> BodyAsync(HttpContext context, CancellationToken stop)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = LongestFile;
        }

        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, stop).ConfigureAwait(false);
        return body.ToArray();
    }

    private static async Task<T> RefusedAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (UpdateRejectedException rejected)
        {
            throw new RequestRefused(ProblemType.UpdateRejected, rejected.Message, new Dictionary<string, object?> { ["reason"] = rejected.Reason.ToString() });
        }
    }
}
