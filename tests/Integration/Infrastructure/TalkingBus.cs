using AspireFed.Contracts.Messages;
using AspireFed.ServiceDefaults;
using AspireFed.Tests.Harness.Doubles;
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
    private readonly Mailbox<CancelTraining> _heard;
    private readonly string _name = $"talk-{Guid.NewGuid():N}";

    private TalkingBus(IHost host, Mailbox<CancelTraining> heard) => (_host, _heard) = (host, heard);

    private IBus Bus => _host.Services.GetRequiredService<IBus>();

    public static async Task<TalkingBus> StartAsync(string broker, CancellationToken cancel)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:rabbitmq"] = broker;
        var heard = new Mailbox<CancelTraining>();
        builder.AddMessaging(_ => { }, (_, bus) => bus.ReceiveEndpoint($"listener-{Guid.NewGuid():N}", endpoint =>
        {
            endpoint.AutoDelete = true;
            heard.ListenOn(endpoint);
        }));
        var host = builder.Build();
        await host.StartAsync(cancel);
        return new TalkingBus(host, heard);
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
        var heard = _heard.NextAsync(message => message.Reason == reason);
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
        await heard;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    /// <summary>Nobody listens to it.</summary>
    internal sealed record Chatter(string Of);
}
