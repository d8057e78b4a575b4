using AspireFed.Models;
using AspireFed.Tests.Parity.Kinds;
using AspireFed.Tests.Parity.Recordings;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity;

/// <summary>Every recording that lies in the folder is compared with what this code computes from the same inputs.</summary>
public sealed class ParityTests(ITestOutputHelper output)
{
    public static IEnumerable<TheoryDataRow<string>> Recordings() => RecordingsFolder.Rows();

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Every_recorded_number_of_the_reference_is_reproduced(string name)
    {
        TorchNative.EnsureLoaded();
        using var scope = NewDisposeScope();
        var path = Path.Combine(RecordingsFolder.Path, name);
        var verdict = File.Exists(path) ? ModelShapes.Check(path) : CheckCase(path);
        output.WriteLine(verdict.Summary());
        verdict.AssertNone();
    }

    private static Verdict CheckCase(string folder)
    {
        Assert.True(File.Exists(Path.Combine(folder, "case.json")), $"The recording {folder} is of an unknown kind: it has no case.json.");
        using var recording = new Recording(folder);
        var kinds = CaseKinds.All.Where(kind => kind.Fits(recording)).ToList();
        Assert.True(
            kinds.Count == 1,
            $"The recording {folder} is of {(kinds.Count == 0 ? "an unknown kind" : string.Join(" and ", kinds))}; known are: "
            + $"{string.Join(", ", CaseKinds.All)}. A new kind needs a check in tests/Parity/Kinds.");
        kinds[0].Check(recording);
        var unread = recording.Unread.Order(StringComparer.Ordinal).ToList();
        if (unread.Count > 0)
            recording.Verdict.Differ($"{unread.Count} recorded tensors or files are not checked: {string.Join(", ", unread.Take(12))}");
        return recording.Verdict;
    }
}
