using System.Diagnostics;
using System.Net;
using AspireFed.Contracts;
using AspireFed.Ledger;
using AspireFed.ServiceDefaults.Starting;
using MassTransit;
using MassTransit.Logging;
using MassTransit.Monitoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using StackExchange.Redis;

namespace AspireFed.ServiceDefaults;

/// <summary>What every service has in common. Connection strings come by name: `redis`, `rabbitmq`, `objectstore`.</summary>
public static class Extensions
{
    private const string Live = "live";
    private const string Ready = "ready";
    private const string LivePath = "/alive";
    private const string ReadyPath = "/health";

    /// <summary>
    /// Telemetry (OTLP where configured), health checks, service discovery and resilient HTTP. What a person has to put right
    /// (<see cref="InputException"/>) ends the service with one sentence and exit code 1.
    /// </summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        PlainFailures.Tell();
        builder.AddTelemetry();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [Live]);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddServiceDiscovery();
            // A batch of images may take a busy tokenizer far longer than the ten seconds a web request gets.
            http.AddStandardResilienceHandler(options =>
            {
                options.AttemptTimeout.Timeout = TimeSpan.FromMinutes(2);
                options.CircuitBreaker.SamplingDuration = TimeSpan.FromMinutes(4);
                options.TotalRequestTimeout.Timeout = TimeSpan.FromMinutes(10);
            });
        });
        return builder;
    }

    /// <summary>
    /// Registers <see cref="IObjectStore"/> and <see cref="ExperimentLedger"/>, makes the bucket and says at start what it cannot reach.
    /// </summary>
    public static TBuilder AddLedger<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ObjectStoreSettings Settings() => ObjectStoreSettings.Parse(builder.Configuration.Need(ConnectionStrings.ObjectStore));
        builder.Services.AddSingleton<IObjectStore>(services => new MinioObjectStore(
            Settings(), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<MinioObjectStore>>()));
        builder.Services.AddSingleton<ExperimentLedger>();
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            "object store", _ => new ObjectStoreHealth(Settings()), null, [Ready]));
        return builder.WaitFor(() => new ServerProbe(
            "The object store", Settings().Address, cancel => ObjectStoreReach.TryReachAsync(Settings(), cancel)));
    }

    /// <summary>Registers <see cref="IConnectionMultiplexer"/> and says at start when it cannot reach Redis.</summary>
    public static TBuilder AddLiveViewStore<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        LiveViewAddress Address() => LiveViewAddress.Parse(builder.Configuration.Need(ConnectionStrings.Redis));
        builder.Services.AddSingleton(_ => Address().Connect());
        builder.Services.AddHealthChecks().AddCheck<LiveViewHealth>("redis", tags: [Ready]);
        return builder.WaitFor(() => new ServerProbe("Redis", $"{Address()}", Address().TryReachAsync));
    }

    /// <summary>
    /// Registers the bus and says at start when it cannot reach the broker. Consumers and endpoints are configured as with MassTransit
    /// alone; a consumer that <paramref name="endpoints"/> leaves out gets an endpoint named after it.
    /// </summary>
    public static TBuilder AddMessaging<TBuilder>(
        this TBuilder builder, Action<IBusRegistrationConfigurator> consumers,
        Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator> endpoints)
        where TBuilder : IHostApplicationBuilder
    {
        BrokerAddress Address() => BrokerAddress.Parse(builder.Configuration.Need(ConnectionStrings.RabbitMq));
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(options => options.WaitUntilStarted = true);
        builder.Services.AddMassTransit(bus =>
        {
            bus.SetKebabCaseEndpointNameFormatter();
            // MassTransit would report to its makers how it is used; nothing leaves a site but what a federation needs.
            bus.DisableUsageTelemetry();
            consumers(bus);
            bus.UsingRabbitMq((context, broker) =>
            {
                var address = Address();
                broker.Host(address.Host, address.Port, address.VirtualHost, host =>
                {
                    host.Username(address.User);
                    host.Password(address.Password);
                    // With confirmations the client may wait for ever on a connection that broke while it published, and no consumer of
                    // that connection comes back. Nothing relies on them: see decision 16.
                    host.PublisherConfirmation = false;
                });
                broker.ConfigureJsonSerializerOptions(MessageJson.Configure);
                broker.UseMessageRetry(retry =>
                {
                    retry.Exponential(3, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(500));
                    retry.Ignore<InputException>();
                });
                endpoints(context, broker);
                broker.ConfigureEndpoints(context);
            });
        });
        return builder.WaitFor(() => new ServerProbe("RabbitMQ", $"{Address()}", Address().TryReachAsync));
    }

    /// <summary>`/health` (ready) and `/alive` (live).</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealthChecks(ReadyPath);
        app.MapHealthChecks(LivePath, new HealthCheckOptions { Predicate = check => check.Tags.Contains(Live) });
        return app;
    }

    private static TBuilder WaitFor<TBuilder>(this TBuilder builder, Func<ServerProbe> probe)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, WaitForServers>());
        builder.Services.AddSingleton(_ => probe());
        return builder;
    }

    private static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        builder.Logging.AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
        // A line per health check and request would bury the story of the rounds; traces have them all.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // The host would print the stack of a failed start, which PlainFailures tells in one sentence.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        var telemetry = builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddMeter(Telemetry.Name, InstrumentationOptions.MeterName)
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation())
            .WithTracing(tracing => tracing
                .SetSampler(WorkSampler.Create())
                .AddSource(Telemetry.Name, DiagnosticHeaders.DefaultListenerName)
                .AddAspNetCoreInstrumentation(options => options.Filter = request =>
                    !request.Request.Path.StartsWithSegments(ReadyPath) && !request.Request.Path.StartsWithSegments(LivePath))
                // An object that is not there is an answer like any other: a round must not look as if it had failed.
                .AddHttpClientInstrumentation(options => options.EnrichWithHttpResponseMessage = (activity, response) =>
                {
                    if (response.StatusCode == HttpStatusCode.NotFound) activity.SetStatus(ActivityStatusCode.Unset);
                }));
        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) telemetry.UseOtlpExporter();
    }
}
