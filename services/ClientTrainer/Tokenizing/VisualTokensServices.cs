using AspireFed.Training;
using Contract = AspireFed.Contracts.Tokenizing;

namespace AspireFed.ClientTrainer.Tokenizing;

/// <summary>The way to the Tokenizer service.</summary>
public static class VisualTokensServices
{
    public static IServiceCollection AddVisualTokens(this IServiceCollection services, Uri address)
    {
        // The HTTP defaults retry and time whole requests; a stream of images is none that can be sent again or must end in minutes.
        // GrpcVisualTokens does its own.
#pragma warning disable EXTEXP0001 // marked as experimental, and the only way to leave a default handler out
        services.AddGrpcClient<Contract.Tokenizer.TokenizerClient>(client => client.Address = address)
            .ConfigureChannel(channel =>
            {
                channel.MaxReceiveMessageSize = null;
                channel.MaxSendMessageSize = null;
            })
            .RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        services.AddSingleton<IVisualTokens>(provider => new GrpcVisualTokens(
            provider.GetRequiredService<Contract.Tokenizer.TokenizerClient>(), address, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<GrpcVisualTokens>>()));
        return services;
    }
}
