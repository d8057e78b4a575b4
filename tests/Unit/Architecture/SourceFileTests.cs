using System.Text.RegularExpressions;

namespace AspireFed.Tests.Unit.Architecture;

/// <summary>How the source is cut into files.</summary>
public sealed partial class SourceFileTests
{
    private const int MaxLines = 250;

    /// <summary>A model is whole in one file.</summary>
    private const string Models = "libs/Models/";

    [Fact]
    public void A_file_can_be_read_at_one_sitting()
    {
        foreach (var path in SourceTree.Sources.Where(path => !path.StartsWith(Models, StringComparison.Ordinal)))
        {
            var lines = SourceTree.Read(path).Split('\n').Length - 1;
            Assert.True(lines <= MaxLines, $"{path} has {lines} lines.");
        }
    }

    [Fact]
    public void A_file_holds_one_public_type_which_gives_it_its_name()
    {
        foreach (var path in SourceTree.Sources)
        {
            var names = PublicType().Matches(SourceTree.Read(path)).Select(match => match.Groups["name"].Value).ToArray();
            if (names is []) continue;
            Assert.True(names is [var name] && Path.GetFileNameWithoutExtension(path).Split('.')[0] == name, $"{path} holds {string.Join(", ", names)}.");
        }
    }

    [Fact]
    public void A_namespace_follows_from_the_folder()
    {
        foreach (var path in SourceTree.Sources)
        {
            if (Namespace().Match(SourceTree.Read(path)) is not { Success: true } match) continue;
            var project = SourceTree.Projects.Single(folder => path.StartsWith($"{folder}/", StringComparison.Ordinal));
            var folders = path[project.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries)[..^1];
            var expected = string.Join('.', ["AspireFed", Path.GetFileName(project), .. folders]);
            Assert.True(match.Groups["name"].Value == expected, $"{path} is in the namespace {match.Groups["name"].Value} and not in {expected}.");
        }
    }

    // Types of a file-scoped namespace begin in the first column, nested ones do not.
    [GeneratedRegex(@"^public (?:[a-z]+ )*(?:class|record struct|record|struct|interface|enum) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
