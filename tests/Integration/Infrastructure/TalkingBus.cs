using AspireFed.Contracts.Messages;
using AspireFed.ServiceDefaults;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AspireFed.Tests.Integration.Infrastructure;

/// <summary>A bus as the services have it, which publishes without end and hears what it publishes.</summary>
internal sealed class TalkingBus : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly IHost _host;
    private readonly Ear _ear;
    private readonly string _name = $"talk-{Guid.NewGuid():N}";

    private TalkingBus(IHost host, Ear ear) => (_host, _ear) = (host, ear);

    private IBus Bus => _host.Services.GetRequiredService<IBus>();

    public static async Task<TalkingBus> StartAsync(string broker, CancellationToken cancel)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:rabbitmq"] = broker;
        var ear = new Ear();
        builder.Services.AddSingleton(ear);
        builder.AddMessaging(
            bus => bus.AddConsumer<Listener>().Endpoint(endpoint => (endpoint.InstanceId, endpoint.Temporary) = ($"{Guid.NewGuid():N}", true)), (_, _) => { });
        var host = builder.Build();
        await host.StartAsync(cancel);
        return new TalkingBus(host, ear);
    }

    /// <summary>Publishes one message after the other, whatever becomes of them.</summary>
    public async Task TalkAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await Bus.PublishAsync(new Chatter(_name), Patience, TimeProvider.System, cancel);
            }
            catch (Exception) when (!cancel.IsCancellationRequested)
            {
                // The broker is away.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Returns once it has heard something that was published after the call.</summary>
    public async Task HearsItselfAsync(CancellationToken cancel)
    {
        var reason = $"{Guid.NewGuid():N}";
        var heard = _ear.Await(reason);
        while (!heard.IsCompleted)
        {
            try
            {
                await Bus.PublishAsync(new CancelTraining(_name, reason), Patience, TimeProvider.System, cancel);
                await heard.WaitAsync(Patience, cancel);
            }
            catch (Exception) when (!cancel.IsCancellationRequested)
            {
                // Not yet; it is said again.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    /// <summary>Nobody listens to it.</summary>
    internal sealed record Chatter(string Of);

    internal sealed class Ear
    {
        private (string Reason, TaskCompletionSource Heard) _awaited = ("", new());

        public Task Await(string reason)
        {
            _awaited = (reason, new(TaskCreationOptions.RunContinuationsAsynchronously));
            return _awaited.Heard.Task;
        }

        public void Hear(string reason)
        {
            if (_awaited is var (awaited, heard) && awaited == reason) heard.TrySetResult();
        }
    }

    internal sealed class Listener(Ear ear) : IConsumer<CancelTraining>
    {
        public Task Consume(ConsumeContext<CancelTraining> context)
        {
            ear.Hear(context.Message.Reason);
            return Task.CompletedTask;
        }
    }
}
