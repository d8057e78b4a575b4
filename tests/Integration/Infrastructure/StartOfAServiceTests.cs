using System.Net;
using System.Net.Sockets;
using AspireFed.Contracts;
using AspireFed.ServiceDefaults;
using AspireFed.Tests.Harness.Doubles;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AspireFed.Tests.Integration.Infrastructure;

/// <summary>How a service starts when a server is there, is missing, or refuses it.</summary>
public sealed class StartOfAServiceTests(ServersFixture servers)
{
    [Fact]
    public async Task A_service_whose_servers_answer_becomes_healthy()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var log = new RecordedLog();
        await using var service = Service(servers.Redis, servers.RabbitMq, servers.ObjectStore, log);
        await service.StartAsync(cancel);
        var report = await service.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(cancel);
        var details = string.Join("; ", report.Entries.Select(entry => $"{entry.Key}: {entry.Value.Description}"));
        Assert.True(report.Status == HealthStatus.Healthy, details);
        Assert.Contains("redis", report.Entries.Keys);
        Assert.Contains("object store", report.Entries.Keys);
        await service.StopAsync(cancel);
    }

    [Fact]
    public async Task A_wrong_password_for_Redis_ends_the_start_with_one_sentence()
    {
        var refused = await RefusalAsync(Replace(servers.Redis, "password="), servers.RabbitMq, servers.ObjectStore);
        Assert.Matches(@"^Redis at 127\.0\.0\.1:\d+ refuses the password: [^.]+\.$", refused);
    }

    [Fact]
    public async Task A_wrong_password_for_RabbitMQ_ends_the_start_with_one_sentence()
    {
        var right = new Uri(servers.RabbitMq);
        var refused = await RefusalAsync(servers.Redis, $"amqp://aspirefed:wrong@{right.Authority}", servers.ObjectStore);
        Assert.Matches(@"^RabbitMQ at 127\.0\.0\.1:\d+ refuses the user ""aspirefed"" [^.]+\.$", refused);
        Assert.DoesNotContain("wrong", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_secret_for_the_object_store_ends_the_start_with_one_sentence()
    {
        var refused = await RefusalAsync(servers.Redis, servers.RabbitMq, Replace(servers.ObjectStore, "SecretKey="));
        Assert.Matches(
            @"^The object store at http://127\.0\.0\.1:\d+ refuses the access key ""fed:minio"" or its secret: [^.]+\.$", refused);
    }

    [Fact]
    public async Task Servers_that_do_not_answer_are_named_with_their_addresses_again_and_again()
    {
        var cancel = TestContext.Current.CancellationToken;
        var (redis, rabbitMq, store) = (ClosedPort(), ClosedPort(), ClosedPort());
        using var log = new RecordedLog();
        await using var service = Service(
            $"127.0.0.1:{redis},connectTimeout=500", $"amqp://a:b@127.0.0.1:{rabbitMq}",
            $"Endpoint=http://127.0.0.1:{store};AccessKey=a;SecretKey=b;Bucket=c", log);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var start = service.StartAsync(stop.Token);
        HashSet<string> told = [];
        while (told.Count < 3)
            told.Add((await log.WaitForAsync(cancel, "does not answer", "still trying")).Split(" does not")[0]);
        Assert.Equal(
            [$"RabbitMQ at 127.0.0.1:{rabbitMq}", $"Redis at 127.0.0.1:{redis}", $"The object store at http://127.0.0.1:{store}"],
            told.Order());
        await log.WaitForAsync(cancel, $"RabbitMQ at 127.0.0.1:{rabbitMq} does not answer");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
    }

    private static async Task<string> RefusalAsync(string redis, string rabbitMq, string objectStore)
    {
        using var log = new RecordedLog();
        await using var service = Service(redis, rabbitMq, objectStore, log);
        var refused = await Assert.ThrowsAsync<InputException>(() => service.StartAsync(TestContext.Current.CancellationToken));
        return refused.Message;
    }

    private static WebApplication Service(string redis, string rabbitMq, string objectStore, RecordedLog log)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Configuration["ConnectionStrings:redis"] = redis;
        builder.Configuration["ConnectionStrings:rabbitmq"] = rabbitMq;
        builder.Configuration["ConnectionStrings:objectstore"] = objectStore;
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.Logging.AddProvider(log);
        builder.AddServiceDefaults();
        builder.AddLedger();
        builder.AddLiveViewStore();
        builder.AddMessaging(_ => { }, (_, _) => { });
        return builder.Build();
    }

    /// <summary>The connection string with a wrong value for the key, which stands last or before a separator.</summary>
    private static string Replace(string connectionString, string key)
    {
        var start = connectionString.IndexOf(key, StringComparison.Ordinal) + key.Length;
        var end = connectionString.IndexOf(';', start);
        return connectionString[..start] + "wrong" + (end < 0 ? "" : connectionString[end..]);
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
