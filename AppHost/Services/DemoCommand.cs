using System.Net.Http.Headers;
using AspireFed.AppHost.Running;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AspireFed.AppHost.Services;

/// <summary>A button in the dashboard that sends the demo's experiments to the Aggregator.</summary>
internal static class DemoCommand
{
    private static readonly string[] Specs = ["demo.yaml", "demo-scratch.yaml"];

    public static IResourceBuilder<ProjectResource> WithDemoCommand(this IResourceBuilder<ProjectResource> aggregator) =>
        aggregator.WithCommand("run-demo", "Run the demo", context => RunAsync(aggregator.GetEndpoint("http"), context), new()
        {
            Description = "Five sites pre-train a model together, beside training from scratch. The images come from `fed data phantom`.",
            IconName = "Play",
            IsHighlighted = true,
            UpdateState = context => context.ResourceSnapshot.HealthStatus == HealthStatus.Healthy
                ? ResourceCommandState.Enabled
                : ResourceCommandState.Disabled,
        });

    private static async Task<ExecuteCommandResult> RunAsync(EndpointReference aggregator, ExecuteCommandContext context)
    {
        using var http = new HttpClient { BaseAddress = new Uri(aggregator.Url) };
        foreach (var spec in Specs)
        {
            var yaml = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "experiments", spec), context.CancellationToken);
            using var content = new StringContent(yaml, new MediaTypeHeaderValue("application/yaml"));
            using var response = await http.PostAsync(new Uri("experiments", UriKind.Relative), content, context.CancellationToken);
            if (!response.IsSuccessStatusCode)
                return CommandResults.Failure($"{spec} is refused: {await response.Content.ReadAsStringAsync(context.CancellationToken)}");
        }
        return CommandResults.Success();
    }
}
