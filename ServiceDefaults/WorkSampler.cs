using System.Diagnostics;
using OpenTelemetry.Trace;

namespace AspireFed.ServiceDefaults;

/// <summary>
/// Leaves out what a message begins that belongs to no trace: signs of life come every second and would bury the traces of the rounds.
/// </summary>
internal sealed class WorkSampler : Sampler
{
    /// <summary>Follows the decision of a trace that is under way already.</summary>
    public static Sampler Create() => new ParentBasedSampler(new WorkSampler());

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(samplingParameters.Kind is ActivityKind.Consumer or ActivityKind.Producer
            ? SamplingDecision.Drop
            : SamplingDecision.RecordAndSample);
}
