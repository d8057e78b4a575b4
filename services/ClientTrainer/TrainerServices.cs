using AspireFed.ClientTrainer.Hosting;
using AspireFed.ClientTrainer.Messaging;
using AspireFed.ClientTrainer.Rounds;
using AspireFed.ClientTrainer.State;
using AspireFed.ClientTrainer.Tokenizing;
using AspireFed.Contracts;
using AspireFed.Imaging.DataSets;
using AspireFed.ServiceDefaults;
using AspireFed.Training;
using MassTransit;

namespace AspireFed.ClientTrainer;

/// <summary>What a trainer consists of. The bus, the ledger and the clock come from outside.</summary>
public static class TrainerServices
{
    /// <summary>Reads the section `Trainer`.</summary>
    /// <exception cref="InputException">Names everything that is wrong with it.</exception>
    public static TrainerSettings TrainerSettings(this IConfiguration configuration) =>
        ClientTrainer.TrainerSettings.Of(configuration.Options<TrainerOptions>(TrainerOptions.Section));

    public static IServiceCollection AddClientTrainer(this IServiceCollection services, TrainerSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(new DataSetCatalog(settings.Roots));
        services.AddSingleton<HostedClients>();
        services.AddSingleton<Messenger>();
        services.AddSingleton<StateFolder>();
        services.AddSingleton<DiskPatience>();
        services.AddSingleton<Journal>();
        services.AddSingleton<OptimizerStates>();
        services.AddSingleton<WeightsCache>();
        services.AddSingleton<ExperimentRecords>();
        services.AddSingleton<StorePatience>();
        services.AddSingleton<IStageWork, StageWork>();
        services.AddSingleton(provider => new LocalTrainer(
            provider.GetRequiredService<DataSetCatalog>(), provider.GetRequiredService<IVisualTokens>(),
            provider.GetRequiredService<TimeProvider>(), settings.Device, provider.GetRequiredService<IStageWork>()));
        services.AddSingleton<RoundTraining>();
        services.AddSingleton<ProgressReporter>();
        services.AddVisualTokens(settings.Tokenizer);
        services.AddHostedService(provider => provider.GetRequiredService<ProgressReporter>());
        services.AddHostedService<RoundWorker>();
        services.AddHostedService<UpdateSender>();
        services.AddHostedService<TrainerAnnouncer>();
        return services;
    }

    public static void AddTrainerConsumers(this IRegistrationConfigurator bus)
    {
        bus.AddConsumer<TrainRoundConsumer>();
        bus.AddConsumer<CancelTrainingConsumer>();
        bus.AddConsumer<UpdateRefusedConsumer>();
    }

    /// <summary>The trainer's own durable queue. One message at a time, since a cancellation must not overtake a command.</summary>
    public static void ReceiveCommands(this IBusFactoryConfigurator bus, IRegistrationContext context, TrainerSettings settings) =>
        bus.ReceiveEndpoint(settings.Queue, endpoint =>
        {
            endpoint.ConcurrentMessageLimit = 1;
            endpoint.ConfigureConsumer<TrainRoundConsumer>(context);
            endpoint.ConfigureConsumer<CancelTrainingConsumer>(context);
            endpoint.ConfigureConsumer<UpdateRefusedConsumer>(context);
        });
}
