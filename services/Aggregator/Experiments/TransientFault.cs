using System.Text.Json;
using AspireFed.Ledger;
using MassTransit;
using StackExchange.Redis;

namespace AspireFed.Aggregator.Experiments;

/// <summary>Tells faults of the surroundings from faults of the experiment.</summary>
public static class TransientFault
{
    /// <summary>Whether the same may work later. A document or weights that are not what they should be stay so.</summary>
    public static bool MayPass(Exception fault) => fault switch
    {
        ObjectStoreException e => e.InnerException is not (null or JsonException),
        MassTransitException or RedisException or IOException or TimeoutException => true,
        _ => false,
    };
}
