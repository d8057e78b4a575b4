namespace AspireFed.Tests.Unit.Architecture;

/// <summary>References point downwards only: services to libs and ServiceDefaults, never service to service.</summary>
public sealed class ReferenceTests
{
    /// <summary>What each library may reference; a new library needs its line here.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["libs/Contracts"] = [],
        ["libs/Weights"] = [],
        ["libs/Aggregation"] = ["libs/Weights"],
        ["libs/Ledger"] = ["libs/Contracts"],
        ["libs/Specs"] = ["libs/Contracts"],
        ["libs/Imaging"] = ["libs/Contracts"],
        ["libs/Models"] = ["libs/Contracts", "libs/Weights"],
        ["libs/Training"] = ["libs/Contracts", "libs/Weights", "libs/Imaging", "libs/Models"],
        ["ServiceDefaults"] = ["libs/Contracts", "libs/Ledger"],
    };

    private static readonly string[] TorchProjects = ["libs/Models", "libs/Training"];

    public static TheoryData<string> Projects => [.. SourceTree.Projects];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_lies_below_it(string project)
    {
        var references = SourceTree.References(project);
        if (project.StartsWith("services/", StringComparison.Ordinal))
            Assert.All(references, reference => Assert.True(IsLibrary(reference) || reference == "ServiceDefaults", $"{project} references {reference}."));
        else if (project.StartsWith("tools/", StringComparison.Ordinal))
            Assert.All(references, reference => Assert.True(IsLibrary(reference), $"{project} references {reference}."));
        else if (project != "AppHost")
            Assert.All(references, reference => Assert.Contains(reference, Allowed[project]));
    }

    [Theory]
    [InlineData("services/Aggregator")]
    [InlineData("tools/Fed")]
    public void Torch_is_out_of_reach(string project)
    {
        foreach (var reached in SourceTree.Closure(project))
        {
            Assert.DoesNotContain(reached, TorchProjects);
            Assert.DoesNotContain(SourceTree.Packages(reached), IsTorch);
            Assert.DoesNotContain(SourceTree.Imports(reached), import => import.Contains("Torch", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_Aggregator_s_output_holds_no_libtorch()
    {
        var output = Path.Combine(SourceTree.Root, "artifacts", "bin", "Aggregator");
        if (!Directory.Exists(output)) Assert.Skip($"The Aggregator has not been built into {output}.");
        var files = Directory.GetFiles(output, "*", SearchOption.AllDirectories);
        Assert.DoesNotContain(files, file => IsTorch(Path.GetFileName(file)) || Path.GetFileName(file).StartsWith("libc10", StringComparison.Ordinal));
        foreach (var dependencies in files.Where(file => file.EndsWith(".deps.json", StringComparison.Ordinal)))
            Assert.DoesNotContain("torch", File.ReadAllText(dependencies), StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsTorch(string name) => name.Contains("torch", StringComparison.OrdinalIgnoreCase);

    private static bool IsLibrary(string project) => project.StartsWith("libs/", StringComparison.Ordinal);
}
