using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.OpenApi;
using Ringwall.Server.Access;
using Ringwall.Server.Audit;
using Ringwall.Server.Dashboard;
using Ringwall.Server.Enrolment;
using Ringwall.Server.Health;
using Ringwall.Server.Inventory;
using Ringwall.Server.Releases;
using Ringwall.Server.Rollouts;
using Ringwall.Server.Running.Metrics;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Running;

/// <summary>All modules put together. The program and the tests build the same one.</summary>
public static class ServerApplication
{
    /// <summary>No request may be larger, but where an endpoint says otherwise.</summary>
    public const long LargestRequest = 256 * 1024;

    /// <param name="clock">The only clock that anything in the server reads; null is the database's.</param>
    public static WebApplication Build(ServerOptions options, TimeProvider? clock = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        // Only SettingsReader reads settings: what the framework would take from its own variables and files is no setting of this program.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection();
        Log(builder.Logging, options.JsonLog);
        Listen(builder, options);
        builder.Services.AddSingleton(options).AddClock(clock);
        builder.Services.AddExceptionHandler<Problems>().AddOpenApi("v1", OpenApi);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            // A field that a record demands and a request lacks is the request's fault, and is said before anything happens.
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.RespectRequiredConstructorParameters = true;
        });
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddSingleton<ServerMeter>().AddSingleton<PrometheusText>();
        if (options.Otlp is not null)
        {
            builder.Services.AddHostedService(_ => new Telemetry(options.Otlp));
        }

        builder.Services
            .AddStorage(options)
            .AddAudit(options)
            .AddAccess(options)
            .AddEnrolment(options)
            .AddInventory(options)
            .AddHealth(options)
            .AddReleases(options)
            .AddRollouts(options)
            .AddDashboard(options);
        WebApplication app = builder.Build();
        Believe(app, options.Proxies);
        // It listens from its construction on: what is counted before the first look must not be lost.
        app.Services.GetRequiredService<PrometheusText>();
        if (options.Otlp is not null)
        {
            app.UseNamedSpans();
        }

        app.UseSecurityHeaders();
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = _ => Task.CompletedTask, SuppressDiagnosticsCallback = _ => true });
        app.UseStatusCodePages(Problems.OfStatusAsync);
        app.UseRouting();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseCrossSiteCheck();
        app.UseAuthorization();
        HealthEndpoints.Map(app);
        PrometheusText.Map(app);
        app.MapOpenApi().AllowAnonymous();
        app.MapAudit()
            .MapAccess()
            .MapEnrolment()
            .MapInventory()
            .MapHealth()
            .MapReleases()
            .MapRollouts()
            .MapDashboard();
        return app;
    }

    /// <summary>Learns what time it is and brings the database up to date, then listens.</summary>
    /// <exception cref="MigrationException">The database and this program do not fit.</exception>
    public static async Task StartAsync(this WebApplication app, IReadOnlyList<Migration> migrations, CancellationToken stop)
    {
        await app.PrepareAsync(migrations, stop).ConfigureAwait(false);
        await app.StartAsync(stop).ConfigureAwait(false);
    }

    /// <summary>As <see cref="StartAsync"/>, but listens nowhere.</summary>
    /// <exception cref="MigrationException">The database and this program do not fit.</exception>
    internal static async Task PrepareAsync(this WebApplication app, IReadOnlyList<Migration> migrations, CancellationToken stop)
    {
        if (app.Services.GetRequiredService<TimeProvider>() is DatabaseClock clock)
        {
            await clock.LookAsync(stop).ConfigureAwait(false);
        }

        await app.Services.GetRequiredService<Migrator>().RunAsync(migrations, stop).ConfigureAwait(false);
    }

    private static void Listen(WebApplicationBuilder builder, ServerOptions options)
    {
        builder.WebHost.UseUrls([.. options.Urls]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestRequest;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            if (options.Certificate is not null)
            {
                X509Certificate2Collection chain = [];
                chain.ImportFromPemFile(options.Certificate);
                X509Certificate2 own = X509Certificate2.CreateFromPemFile(options.Certificate, options.CertificateKey);
                kestrel.ConfigureHttpsDefaults(https => (https.ServerCertificate, https.ServerCertificateChain) = (own, chain));
            }
        });
        if (options.Certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(15));
    }

    private static void Log(ILoggingBuilder logging, bool json)
    {
        logging.ClearProviders().SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);
        // That keys lie in the database as they are is so by decision (docs/server.md), and a challenge is no event.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error).AddFilter(typeof(SignedIn).FullName, LogLevel.Warning);
        // It says nothing that the metrics do not, and costs an activity for each request as long as anybody may listen. Traces (--otlp) have their own way.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // Problems logs what failed, once.
        logging.AddFilter("Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", LogLevel.None);
        if (json)
        {
            logging.AddJsonConsole(console => console.UseUtcTimestamp = true);
        }
        else
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ssZ ";
            });
        }

        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static void OpenApi(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info = new() { Title = "Ringwall", Version = "v1", Description = "The fleet's server. Refusals are problem details (RFC 9457); docs/server.md lists their types." };
        return Task.CompletedTask;
    });

    private static void Believe(WebApplication app, IReadOnlyList<string> proxies)
    {
        if (proxies.Count == 0)
        {
            return;
        }

        ForwardedHeadersOptions forwarded = new() { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (string proxy in proxies)
        {
            forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
        }

        app.UseForwardedHeaders(forwarded);
    }
}
