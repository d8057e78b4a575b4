using System.Text.Json;
using AspireFed.Models;
using AspireFed.Training.Optimization;
using AspireFed.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Training.Resuming;

/// <summary>
/// All that the next step follows from, as one safetensors file: weights and buffers, the optimiser, the random numbers, and in the metadata
/// the command and the sums. One file, since of two a kill might leave one of this save and one of the last.
/// </summary>
internal static class StepFile
{
    private const string CommandKey = "command", SumsKey = "sums";
    private const string ModelPrefix = "model.", StepName = "optimizer_steps", RandomName = "random_state";

    public static void Save(Learner learner, StepSums sums, string command, string path)
    {
        using var scope = NewDisposeScope();
        var metadata = new Dictionary<string, string> { [CommandKey] = command, [SumsKey] = JsonSerializer.Serialize(sums) };
        StateTensors.Save(Tensors(learner, learner.RandomState, tensor(new[] { learner.Optimizer.Steps })), path, metadata);
    }

    /// <summary>Puts the learner where it was, if the file is whole and of this command.</summary>
    /// <exception cref="WeightsException">It is not.</exception>
    /// <exception cref="IOException">The file cannot be read, and the learner may be half changed.</exception>
    public static StepSums Load(Learner learner, string command, int ofSteps, string path)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(path);
        if (file.Header.Metadata.GetValueOrDefault(CommandKey) != command) throw new WeightsException($"The save {path} is of another command.");
        var sums = ReadSums(file, ofSteps);
        Tensor random = learner.RandomState, steps = zeros(1, ScalarType.Int64);
        var read = Tensors(learner, random, steps).Select(named => (Entry: Find(file, named.Key, named.Value), named.Value)).ToList();
        foreach (var (entry, value) in read) StateTensors.Read(file, entry, value);
        learner.RandomState = random;
        learner.Optimizer.Steps = file.Read<long>(StepName)[0];
        return sums;
    }

    private static StepSums ReadSums(SafetensorsFile file, int ofSteps)
    {
        try
        {
            var sums = JsonSerializer.Deserialize<StepSums>(file.Header.Metadata.GetValueOrDefault(SumsKey, "{}"));
            return sums.Steps > 0 && sums.Steps < ofSteps
                ? sums : throw new WeightsException($"The save {file.Path} is of step {sums.Steps} of {ofSteps}.");
        }
        catch (JsonException fault)
        {
            throw new WeightsException($"The save {file.Path} is damaged: its sums cannot be read.", fault);
        }
    }

    private static TensorEntry Find(SafetensorsFile file, string name, Tensor value) =>
        file.Header.Find(name) is { } entry && StateTensors.Fits(entry, value)
            ? entry : throw new WeightsException($"The save {file.Path} has no {name} that is {StateTensors.Describe(value)}.");

    private static IEnumerable<KeyValuePair<string, Tensor>> Tensors(Learner learner, Tensor random, Tensor steps) =>
    [
        .. StateTensors.Of(learner.Task.Model).Select(named => KeyValuePair.Create(ModelPrefix + named.Key, named.Value)),
        .. OptimizerFile.Named(learner.Optimizer).Select(named => KeyValuePair.Create(named.Name, named.Value)),
        KeyValuePair.Create(RandomName, random),
        KeyValuePair.Create(StepName, steps),
    ];
}
