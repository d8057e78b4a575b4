using System.Globalization;
using AspireFed.Contracts;

namespace AspireFed.Training;

/// <summary>What a weights file says about itself: nothing that differs between two runs of one spec, for the sake of its hash.</summary>
internal static class WeightsMetadata
{
    public static IReadOnlyDictionary<string, string> Of(RoundKey key) => Of(key.Stage, key.Round);

    public static IReadOnlyDictionary<string, string> Of(Stage stage, int round) => new Dictionary<string, string>
    {
        ["format"] = "pt",
        ["stage"] = stage.ToName(),
        ["round"] = round.ToString(CultureInfo.InvariantCulture),
    };
}
