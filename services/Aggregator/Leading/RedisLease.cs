using StackExchange.Redis;

namespace AspireFed.Aggregator.Leading;

/// <summary>The lease in Redis. Every step is one script, so it happens whole or not at all.</summary>
public sealed class RedisLease(IConnectionMultiplexer redis) : ILeaderLease
{
    private const string Leader = "aspirefed:leader";
    private const string Epoch = "aspirefed:leader:epoch";

    private const string Take = """
        if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
        local epoch = math.max(tonumber(redis.call('GET', KEYS[2]) or '0'), tonumber(ARGV[2])) + 1
        redis.call('SET', KEYS[2], string.format('%.0f', epoch))
        redis.call('SET', KEYS[1], ARGV[1] .. '#' .. string.format('%.0f', epoch), 'PX', ARGV[3])
        return epoch
        """;

    // A lease that has vanished without another term having begun was lost with all of Redis: its holder goes on in the same epoch.
    private const string Hold = """
        local leader = redis.call('GET', KEYS[1])
        local epoch = redis.call('GET', KEYS[2])
        if leader and leader ~= ARGV[1] .. '#' .. ARGV[2] then return 0 end
        if not leader and epoch and epoch ~= ARGV[2] then return 0 end
        redis.call('SET', KEYS[2], ARGV[2])
        redis.call('SET', KEYS[1], ARGV[1] .. '#' .. ARGV[2], 'PX', ARGV[3])
        """;

    private const string Renew = Hold + "\nreturn 1";

    private const string Decide = Hold + """

        if redis.call('HGET', KEYS[3], 'round') ~= ARGV[4] then redis.call('HSET', KEYS[3], 'round', ARGV[4], 'decision', ARGV[5]) end
        return redis.call('HGET', KEYS[3], 'decision')
        """;

    private const string Release = "if redis.call('GET', KEYS[1]) == ARGV[1] .. '#' .. ARGV[2] then redis.call('DEL', KEYS[1]) end";

    public TimeSpan Length { get; } = TimeSpan.FromSeconds(5);

    private long Milliseconds => (long)Length.TotalMilliseconds;

    public async Task<long?> TryTakeAsync(string holder, long above, CancellationToken cancel) =>
        (long)await RunAsync(Take, [Leader, Epoch], [holder, above, Milliseconds], cancel) is > 0 and var epoch ? epoch : null;

    public async Task<bool> RenewAsync(string holder, long epoch, CancellationToken cancel) =>
        (long)await RunAsync(Renew, [Leader, Epoch], [holder, epoch, Milliseconds], cancel) == 1;

    public Task ReleaseAsync(string holder, long epoch, CancellationToken cancel) => RunAsync(Release, [Leader], [holder, epoch], cancel);

    public async Task<string?> HolderAsync(CancellationToken cancel) =>
        ((string?)await redis.GetDatabase().StringGetAsync(Leader).WaitAsync(cancel))?.Split('#')[0];

    public async Task<byte[]?> DecideAsync(string holder, long epoch, string experiment, string round, byte[] decision, CancellationToken cancel)
    {
        var stands = await RunAsync(Decide, [Leader, Epoch, Decision(experiment)], [holder, epoch, Milliseconds, round, decision], cancel);
        return stands.Resp2Type == ResultType.BulkString ? (byte[]?)stands : null;
    }

    public Task ForgetAsync(string experiment, CancellationToken cancel) =>
        redis.GetDatabase().KeyDeleteAsync(Decision(experiment)).WaitAsync(cancel);

    private static RedisKey Decision(string experiment) => $"aspirefed:{experiment}:decision";

    private Task<RedisResult> RunAsync(string script, RedisKey[] keys, RedisValue[] values, CancellationToken cancel) =>
        redis.GetDatabase().ScriptEvaluateAsync(script, keys, values).WaitAsync(cancel);
}
