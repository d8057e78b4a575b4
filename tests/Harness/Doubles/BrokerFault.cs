using MassTransit;

namespace AspireFed.Tests.Harness.Doubles;

/// <summary>Stands between a bus and its broker: called before each message of a kind, and what it throws comes to the sender.</summary>
internal sealed class BrokerFault<TMessage>(Action before) : ISendObserver, IPublishObserver
{
    public Task PreSend<T>(SendContext<T> context)
        where T : class => Before<T>();

    public Task PrePublish<T>(PublishContext<T> context)
        where T : class => Before<T>();

    public Task PostSend<T>(SendContext<T> context)
        where T : class => Task.CompletedTask;

    public Task PostPublish<T>(PublishContext<T> context)
        where T : class => Task.CompletedTask;

    public Task SendFault<T>(SendContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;

    public Task PublishFault<T>(PublishContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;

    private Task Before<T>()
    {
        if (typeof(T) == typeof(TMessage)) before();
        return Task.CompletedTask;
    }
}
