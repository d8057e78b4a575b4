using System.Globalization;
using AspireFed.AppHost.Infrastructure;
using AspireFed.Contracts;

namespace AspireFed.AppHost.Running;

/// <summary>What a person can choose about a run, by <c>--name value</c>, <c>--name=value</c> or, for switches, <c>--name</c>.</summary>
public sealed record RunOptions
{
    private const int PreferredDashboardPort = 18888;
    private static readonly string[] Switches = ["fresh", "servers-only", "stop-on-failure"];

    /// <summary>Where the servers come from.</summary>
    public InfrastructureKind Infrastructure { get; private init; } = InfrastructureKind.Auto;

    /// <summary>Holds all that survives a restart.</summary>
    public string Data { get; private init; } = Path.Combine(Repository.Root, ".aspirefed");

    /// <summary>Forget what earlier runs left in the data folder; data sets stay.</summary>
    public bool Fresh { get; private init; }

    /// <summary>Trainer processes that share the clients.</summary>
    public int Trainers { get; private init; } = Math.Min(Environment.ProcessorCount, 2);

    /// <summary>Port of the dashboard; 0 takes any.</summary>
    public int DashboardPort { get; private init; } = PreferredDashboardPort;

    /// <summary>Whether the port was asked for; else another one will do.</summary>
    public bool DashboardPortIsWanted { get; private init; }

    /// <summary>Bring up Redis, RabbitMQ and the object store without the services.</summary>
    public bool ServersOnly { get; private init; }

    /// <summary>End when a part does not come up, for scripts; else the dashboard stays to look at.</summary>
    public bool StopOnFailure { get; private init; }

    /// <summary>The S3 server's container image: SeaweedFS, or one that takes the same arguments.</summary>
    public string S3Image { get; private init; } = "docker.io/chrislusf/seaweedfs:4.47";

    /// <summary>What is left, in the way of .NET configuration, for Aspire.</summary>
    public IReadOnlyList<string> Rest { get; private init; } = [];

    /// <exception cref="InputException">A value that makes no sense.</exception>
    public static RunOptions Parse(IReadOnlyList<string> args)
    {
        var options = new RunOptions();
        List<string> rest = [];
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = Split(args[i]);
            if (value is null && !Switches.Contains(name) && i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
                value = args[++i];
            if (options.With(name, value) is { } next) options = next;
            else rest.Add(value is null ? $"--{name}=true" : $"--{name}={value}");
        }
        return options with { Rest = rest };
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var parts = argument.TrimStart('-').Split('=', 2);
        return (parts[0], parts.Length > 1 ? parts[1] : null);
    }

    private RunOptions? With(string name, string? value) => name switch
    {
        "infrastructure" => this with { Infrastructure = Kind(value) },
        "data" => this with { Data = Path.GetFullPath(Text(name, value)) },
        "fresh" => this with { Fresh = value is not "false" },
        "trainers" => this with { Trainers = Number(name, value, 1, 64) },
        "dashboard-port" => this with { DashboardPort = Number(name, value, 0, 65535), DashboardPortIsWanted = true },
        "servers-only" => this with { ServersOnly = value is not "false" },
        "stop-on-failure" => this with { StopOnFailure = value is not "false" },
        "s3-image" => this with { S3Image = Text(name, value) },
        _ => null,
    };

    private static InfrastructureKind Kind(string? value) =>
        Enum.TryParse<InfrastructureKind>(value, ignoreCase: true, out var kind) && !int.TryParse(value, out _)
            ? kind
            : throw new InputException($"--infrastructure is \"{value}\"; it must be auto, containers or local.");

    private static string Text(string name, string? value) =>
        string.IsNullOrWhiteSpace(value) ? throw new InputException($"--{name} needs a value.") : value;

    private static int Number(string name, string? value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new InputException($"--{name} is \"{value}\"; it must be a number from {least} to {most}.");
}
