using AspireFed.Contracts;
using StackExchange.Redis;

namespace AspireFed.ServiceDefaults.Starting;

/// <summary>Redis by its connection string in the format of StackExchange.Redis.</summary>
internal sealed class LiveViewAddress(ConfigurationOptions options)
{
    public override string ToString() => string.Join(", ", options.EndPoints.Select(EndPointCollection.ToString));

    /// <exception cref="InputException">No such address.</exception>
    public static LiveViewAddress Parse(string connectionString)
    {
        try
        {
            return new LiveViewAddress(ConfigurationOptions.Parse(connectionString));
        }
        catch (ArgumentException e)
        {
            throw new InputException($"The connection string \"{ConnectionStrings.Redis}\" is not valid: {e.Message}", e);
        }
    }

    /// <summary>A connection that outlives losses of the server.</summary>
    public IConnectionMultiplexer Connect()
    {
        var lasting = options.Clone();
        lasting.AbortOnConnectFail = false;
        return ConnectionMultiplexer.Connect(lasting);
    }

    /// <summary>Opens a connection and closes it again.</summary>
    /// <exception cref="InputException">Redis is there and refuses us.</exception>
    public async Task TryReachAsync(CancellationToken cancel)
    {
        var once = options.Clone();
        once.AbortOnConnectFail = true;
        once.ConnectRetry = 1;
        try
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync(once).WaitAsync(cancel);
            await connection.GetDatabase().PingAsync().WaitAsync(cancel);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw new InputException(
                $"Redis at {this} refuses the password: check it in the connection string \"{ConnectionStrings.Redis}\".", e);
        }
        catch (RedisConnectionException e)
        {
            // What the library says here is advice to programmers.
            throw new IOException($"no connection ({e.FailureType})");
        }
    }

    private static bool IsRefusal(Exception e) =>
        e is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure }
        || e.Message.Contains("NOAUTH", StringComparison.Ordinal)
        || e.Message.Contains("WRONGPASS", StringComparison.Ordinal);
}
