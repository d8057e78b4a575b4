using AspireFed.Contracts;
using AspireFed.Fed.Commands;
using AspireFed.Fed.Display;
using AspireFed.Fed.Server;
using AspireFed.Weights;
using Spectre.Console;
using Spectre.Console.Cli;

namespace AspireFed.Fed;

/// <summary>The commands of `fed`, and what each kind of fault returns to the shell.</summary>
public static class FedApp
{
    public static async Task<int> RunAsync(IEnumerable<string> args, FedSession session, CancellationToken cancel = default)
    {
        var app = new CommandApp();
        app.Configure(config =>
        {
            config.SetApplicationName("fed");
            config.UseAssemblyInformationalVersion();
            config.ConfigureConsole(session.Output);
            config.UseStrictParsing();
            config.Settings.Registrar.RegisterInstance(session);
            config.SetExceptionHandler((error, _) => Explain(error, session));
            AddCommands(config);
        });
        return await app.RunAsync(args, cancel);
    }

    private static void AddCommands(IConfigurator config)
    {
        config.AddCommand<RunCommand>("run").WithDescription("Send experiments to the server; they run one after another.")
            .WithExample("run", "experiments/demo.yaml", "experiments/demo-scratch.yaml", "--watch")
            .WithExample("run", "experiments/skin-fed-mae.yaml", "--set", "pretrain.rounds=10", "--check");
        config.AddCommand<ListCommand>("list").WithDescription("List the experiments, the newest first.");
        config.AddCommand<ShowCommand>("show").WithDescription("Show an experiment: where it stands, its clients, rounds and metrics.");
        config.AddCommand<WatchCommand>("watch").WithDescription("Follow an experiment to its end.");
        config.AddCommand<CancelCommand>("cancel").WithDescription("Stop an experiment.");
        config.AddCommand<ClientsCommand>("clients").WithDescription("List the clients that trainers have announced.");
        config.AddCommand<ResultsCommand>("results").WithDescription("Compare the results of finished experiments.")
            .WithExample("results", "demo", "demo-scratch");
        config.AddCommand<AuditCommand>("audit").WithDescription("Hold all objects of an experiment to the chain of its commits.");
        config.AddCommand<SpecCommand>("spec").WithDescription("Print all keys of a spec with their defaults.");
        config.AddBranch("checkpoint", checkpoint =>
        {
            checkpoint.SetDescription("Look into files of weights, convert them, and fetch models.");
            checkpoint.AddCommand<CheckpointShowCommand>("show").WithDescription("List what a file of weights holds.")
                .WithExample("checkpoint", "show", "mae_pretrain_vit_base.pth");
            checkpoint.AddCommand<CheckpointConvertCommand>("convert").WithDescription("Convert between PyTorch and safetensors.")
                .WithExample("checkpoint", "convert", "mae_pretrain_vit_base.pth", "mae.safetensors", "--take", "model")
                .WithExample("checkpoint", "convert", "global.safetensors", "global.pth", "--under", "model");
            checkpoint.AddCommand<CheckpointGetCommand>("get").WithDescription("Bring the global model of a round to disk.")
                .WithExample("checkpoint", "get", "skin-fed-mae", "--stage", "pretrain", "--format", "pth");
        });
        config.AddBranch("data", data =>
        {
            data.SetDescription("Make data sets.");
            data.AddCommand<PhantomCommand>("phantom").WithDescription("Draw the synthetic demo set.");
        });
    }

    private static int Explain(Exception error, FedSession session)
    {
        switch (error)
        {
            case OperationCanceledException:
                return ExitCode.Interrupted;
            case SpecRefusedException refused:
                FaultList.Write(session.Error, refused);
                return ExitCode.WrongInput;
            case InputException or WeightsException:
                Write(error.Message);
                return ExitCode.WrongInput;
            case ServerException:
                Write(error.Message);
                return ExitCode.ServerUnreachable;
            case CommandAppException { Pretty: { } pretty }:
                session.Error.Write(pretty);
                return ExitCode.WrongInput;
            case CommandAppException:
                Write(error.Message);
                return ExitCode.WrongInput;
            default:
                session.Error.WriteException(error, ExceptionFormats.ShortenPaths);
                return ExitCode.ExperimentFailed;
        }

        void Write(string message) => session.Error.MarkupLineInterpolated($"[red]{message}[/]");
    }
}
