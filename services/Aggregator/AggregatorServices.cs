using AspireFed.Aggregator.Audits;
using AspireFed.Aggregator.Checkpoints;
using AspireFed.Aggregator.Clients;
using AspireFed.Aggregator.Experiments;
using AspireFed.Aggregator.Keeping;
using AspireFed.Aggregator.Leading;
using AspireFed.Aggregator.LiveView;
using AspireFed.Aggregator.Rounds;
using AspireFed.Contracts;
using AspireFed.Ledger;
using AspireFed.ServiceDefaults;

namespace AspireFed.Aggregator;

/// <summary>The parts of the Aggregator that do not depend on where store, broker and Redis are.</summary>
public static class AggregatorServices
{
    /// <summary>Reads the section `Aggregator`.</summary>
    /// <exception cref="InputException">Names what is wrong with it.</exception>
    public static AggregatorSettings AggregatorSettings(this IConfiguration configuration) =>
        Aggregator.AggregatorSettings.Of(configuration.Options<AggregatorOptions>(AggregatorOptions.Section));

    public static IServiceCollection AddAggregator(this IServiceCollection services, AggregatorSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton<Leadership>();
        // What writes to the ledger writes as the leader or not at all.
        services.AddSingleton(provider => new ExperimentLedger(new FencedStore(
            provider.GetRequiredService<IObjectStore>(), provider.GetRequiredService<Leadership>())));
        services.AddHealthChecks().AddCheck<LeaderHealth>("leader");
        services.AddSingleton<ClientRegistry>();
        services.AddSingleton<SentCheckpoints>().AddSingleton<SpecWeights>();
        services.AddSingleton<ExperimentCatalog>().AddSingleton<HistoryReader>().AddSingleton<EndedHistories>()
            .AddSingleton<ExperimentCreation>().AddSingleton<ExperimentCancellation>().AddSingleton<ExperimentEnding>().AddSingleton<ExperimentRun>()
            .AddSingleton<Conclusion>().AddSingleton<EvaluationBoard>().AddSingleton<HoldUp>().AddSingleton<ExperimentAudit>();
        services.AddSingleton<RoundLoop>().AddSingleton<RoundOpener>().AddSingleton<Cohort>().AddSingleton<RoundDecisions>()
            .AddSingleton<RoundCommitter>().AddSingleton<RoundBoard>().AddSingleton<WakeUp>()
            .AddSingleton<TrainingCommands>().AddSingleton<UpdateIntake>().AddSingleton<UpdateVerifier>().AddSingleton<LateUpdates>()
            .AddSingleton<EvaluationRequests>().AddSingleton<WeightFiles>().AddSingleton<GlobalModel>().AddSingleton<GlobalModels>();
        services.AddSingleton(_ => new ScratchFolder(settings.Scratch));
        services.AddSingleton<Story>().AddSingleton<StoryReader>().AddSingleton<StorySignal>();
        services.AddSingleton<LiveViewWriter>().AddHostedService(provider => provider.GetRequiredService<LiveViewWriter>());
        services.AddSingleton<Retention>().AddHostedService(provider => provider.GetRequiredService<Retention>());
        services.AddSingleton<ExperimentQueue>().AddHostedService(provider => provider.GetRequiredService<ExperimentQueue>());
        services.ConfigureHttpJsonOptions(options => ContractJson.Configure(options.SerializerOptions));
        services.AddProblemDetails().AddExceptionHandler<ApiProblems>().AddOpenApi();
        return services;
    }
}
