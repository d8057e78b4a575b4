using MassTransit;

namespace AspireFed.Aggregator.Messaging;

/// <summary>The Aggregator's queues, for any transport.</summary>
public static class AggregatorEndpoints
{
    /// <summary>Holds what has happened while the Aggregator was away.</summary>
    public const string Queue = "aggregator";

    public static void AddAggregatorConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<RoundSignals>();
        bus.AddConsumer<TrainerSigns>();
    }

    public static void ConfigureAggregatorEndpoints(this IReceiveConfigurator broker, IBusRegistrationContext context)
    {
        broker.ReceiveEndpoint(Queue, endpoint => endpoint.ConfigureConsumer<RoundSignals>(context));
        // Signs of life are of no use later: their queue comes and goes with this process.
        broker.ReceiveEndpoint(new TemporaryEndpointDefinition("aggregator-signs"), null,
            endpoint => endpoint.ConfigureConsumer<TrainerSigns>(context));
    }
}
