using AspireFed.Tests.Parity.Federated;
using AspireFed.Tests.Parity.Recordings;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>All kinds of recordings that are known.</summary>
internal static class CaseKinds
{
    public static IReadOnlyList<CaseKind> All { get; } =
    [
        new BeitPretrainingKind(), new MaePretrainingKind(), new ClassifierKind(), new FederatedKind(), new AveragingKind(),
        new OptimizerKind(), new MixingKind(), new MaskingKind(), new DalleKind(), new InitialisationKind(), new AugmentationKind(),
    ];

    public static bool IsOfModel(this Recording recording, string model) =>
        recording.Config.TryGetProperty("model", out var name) && name.ValueKind == System.Text.Json.JsonValueKind.String
        && name.GetString() == model;
}
