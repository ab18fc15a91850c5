using System.Net.Http.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Ringwall.Server.Tests.Access;

/// <summary>Every endpoint that the program maps, so that a test that walks them forgets none.</summary>
internal static class Routes
{
    public static IEnumerable<RouteEndpoint> Of(WebApplication app) => ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    public static string[] Demanded(RouteEndpoint endpoint) =>
        [.. endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(demand => demand.Policy).OfType<string>()];

    public static string Name(RouteEndpoint endpoint) => $"{Method(endpoint)} /{endpoint.RoutePattern.RawText!.Trim('/')}";

    public static string Method(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0] ?? "GET";

    /// <param name="endpoint">The route.</param>
    /// <param name="value">What stands for a parameter; "1" unless said otherwise.</param>
    public static string Path(RouteEndpoint endpoint, Func<string, string>? value = null) => "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternSeparatorPart separator => separator.Content,
        RoutePatternParameterPart { IsCatchAll: true } rest => string.Join('/', (value?.Invoke(rest.Name) ?? "1").Split('/').Select(Uri.EscapeDataString)),
        RoutePatternParameterPart parameter => Uri.EscapeDataString(value?.Invoke(parameter.Name) ?? "1"),
        _ => throw new InvalidOperationException($"{part} is no part of a route"),
    }))));

    /// <summary>With an empty JSON object where there may be a body.</summary>
    public static async Task<HttpResponseMessage> AskAsync(HttpClient client, RouteEndpoint endpoint, Func<string, string>? value = null, string query = "")
    {
        using HttpRequestMessage request = new(new HttpMethod(Method(endpoint)), Path(endpoint, value) + query);
        if (request.Method != HttpMethod.Get)
        {
            request.Content = JsonContent.Create(new { });
        }

        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
