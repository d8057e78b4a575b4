using AspireFed.Contracts;
using AspireFed.Evaluator.Evaluations;
using AspireFed.Evaluator.Reports;
using AspireFed.Imaging.DataSets;
using AspireFed.ServiceDefaults;
using AspireFed.Training;
using MassTransit;

namespace AspireFed.Evaluator;

/// <summary>What the Evaluator consists of. The bus, the ledger and the clock come from outside.</summary>
public static class EvaluatorServices
{
    private const string Queue = "evaluator";

    /// <summary>Reads the section `Evaluator`.</summary>
    /// <exception cref="InputException">Names what is wrong with it.</exception>
    public static EvaluatorSettings EvaluatorSettings(this IConfiguration configuration) =>
        Evaluator.EvaluatorSettings.Of(configuration.Options<EvaluatorOptions>(EvaluatorOptions.Section));

    public static IServiceCollection AddEvaluator(this IServiceCollection services, EvaluatorSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(new DataSetCatalog(settings.Roots));
        services.AddSingleton(provider => new ModelEvaluator(provider.GetRequiredService<DataSetCatalog>(), settings.Device));
        services.AddSingleton<EvaluationQueue>();
        services.AddSingleton<RoundEvaluation>();
        services.AddSingleton(provider => new TokenizerReconstruction(provider.GetRequiredService<DataSetCatalog>()));
        services.AddSingleton<ResultsReport>();
        services.AddSingleton<ReconstructionReport>();
        services.AddHostedService<EvaluationWorker>();
        return services;
    }

    public static void AddEvaluatorConsumers(this IRegistrationConfigurator bus) => bus.AddConsumer<GlobalModelConsumer>();

    public static void ReceiveModels(this IBusFactoryConfigurator bus, IRegistrationContext context) =>
        bus.ReceiveEndpoint(Queue, endpoint => endpoint.ConfigureConsumer<GlobalModelConsumer>(context));
}
