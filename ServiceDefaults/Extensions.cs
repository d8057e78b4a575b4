using AspireFed.Ledger;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace AspireFed.ServiceDefaults;

/// <summary>What every service has in common. Connection strings come by name: `redis`, `rabbitmq`, `objectstore`.</summary>
public static class Extensions
{
    /// <summary>Telemetry (OTLP where configured), health checks, service discovery and resilient HTTP.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder => throw new NotImplementedException();

    /// <summary>Registers <see cref="IObjectStore"/> and <see cref="ExperimentLedger"/>, makes the bucket and says at start what it cannot reach.</summary>
    public static TBuilder AddLedger<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder => throw new NotImplementedException();

    /// <summary>Registers <see cref="IConnectionMultiplexer"/>.</summary>
    public static TBuilder AddLiveViewStore<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder => throw new NotImplementedException();

    /// <summary>Registers the bus. Consumers and endpoints are configured as with MassTransit alone.</summary>
    public static TBuilder AddMessaging<TBuilder>(
        this TBuilder builder, Action<IBusRegistrationConfigurator> consumers, Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator> endpoints)
        where TBuilder : IHostApplicationBuilder => throw new NotImplementedException();

    /// <summary>`/health` (ready) and `/alive` (live).</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app) => throw new NotImplementedException();
}
