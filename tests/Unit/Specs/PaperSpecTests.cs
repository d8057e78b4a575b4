using System.Text.RegularExpressions;
using AspireFed.Contracts.Specs;
using AspireFed.Specs;

namespace AspireFed.Tests.Unit.Specs;

/// <summary>The rows of the paper's tables in experiments/paper, and the page that lists them.</summary>
public sealed partial class PaperSpecTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "experiments", "paper");

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Folder, "*.yaml", SearchOption.AllDirectories).Select(NameOf).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Its_head_names_a_table_and_a_published_figure(string file)
    {
        var head = string.Join('\n', HeadOf(file));
        Assert.Matches(@"\bTable (II|III|IV|V|VI|VII|VIII|IX|X)\b", head);
        Assert.Matches(@"\b[0-9]{2}\.[0-9]{1,2}\b", head);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void What_its_head_says_to_set_is_valid_and_changes_something(string file)
    {
        var text = TextOf(file);
        var asItStands = Read(text, []);
        Assert.All(HeadOf(file), line =>
        {
            string[] sets = [.. Setting().Matches(line).Select(match => match.Groups[1].Value)];
            if (sets.Length > 0) Assert.NotEqual(Json(asItStands), Json(Read(text, sets)));
        });
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void It_trains_the_paper_s_model_for_the_paper_s_rounds(string file)
    {
        var spec = Read(TextOf(file), []);
        Assert.Equal(ModelSize.Base, spec.Model.Size);
        Assert.Equal(spec.Pretrain is null && spec.Init.Length == 0 ? 1000 : 100, spec.Finetune!.Rounds);
        if (spec.Pretrain is not null) Assert.Equal(spec.Model.Family == ModelFamily.Mae ? 1600 : 1000, spec.Pretrain.Rounds);
    }

    /// <summary>Rates of the paper's Table I, as they are after scaling; where Table VIII is too small for the batch, at a smaller one.</summary>
    [Theory]
    [InlineData("retina/fed-beit.yaml", 1.5e-3, 256)]
    [InlineData("retina/fed-mae.yaml", 1e-3, 128)]
    [InlineData("derm/fed-beit.yaml", 3e-3, 128)]
    [InlineData("derm/fed-mae.yaml", 7.5e-4, 128)]
    [InlineData("covid-fl/fed-beit.yaml", 1.5e-3, 64)]
    [InlineData("covid-fl/fed-mae.yaml", 3.75e-4, 64)]
    [InlineData("skin-fl/fed-beit.yaml", 1.5e-3, 128)]
    [InlineData("skin-fl/fed-mae.yaml", 7.5e-4, 128)]
    [InlineData("retina/sizes-fed-beit.yaml", 1.5e-3, 128)]
    public void Its_rate_and_batch_are_those_of_Table_I(string file, double rate, int batch)
    {
        var pretrain = Read(TextOf(file), []).Pretrain!;
        Assert.Equal(rate, pretrain.PeakLearningRate(), 1e-9);
        Assert.Equal(batch, pretrain.BatchSize);
    }

    /// <summary>A file of an ablation, the file it varies, and what makes the first the second.</summary>
    [Theory]
    [InlineData("retina/mask-ratio-beit.yaml", "retina/fed-beit.yaml", "data.partition=5_clients/split_3")]
    [InlineData("retina/mask-ratio-mae.yaml", "retina/fed-mae.yaml", "data.partition=5_clients/split_3")]
    [InlineData("derm/mask-ratio-beit.yaml", "derm/fed-beit.yaml", "data.partition=5_clients/split_3")]
    [InlineData("derm/mask-ratio-mae.yaml", "derm/fed-mae.yaml", "data.partition=5_clients/split_3")]
    [InlineData("covid-fl/mask-ratio-beit.yaml", "covid-fl/fed-beit.yaml", "data.partition=12_clients/split_real")]
    [InlineData("covid-fl/mask-ratio-mae.yaml", "covid-fl/fed-mae.yaml", "data.partition=12_clients/split_real")]
    [InlineData("retina/augmentation-mae.yaml", "retina/fed-mae.yaml", "data.partition=5_clients/split_3 pretrain.augmentation=retina")]
    [InlineData("retina/labels-scratch.yaml", "retina/scratch.yaml", WholeLabels)]
    [InlineData("retina/labels-fed-beit.yaml", "retina/fed-beit.yaml", WholeLabels)]
    [InlineData("retina/labels-fed-mae.yaml", "retina/fed-mae.yaml", WholeLabels)]
    [InlineData("retina/sizes-imagenet-supervised.yaml", "retina/imagenet-supervised.yaml", WholeSet)]
    [InlineData("retina/sizes-fed-beit.yaml", "retina/fed-beit.yaml", WholeSet + " pretrain.batchSize=256")]
    [InlineData("retina/sizes-fed-mae.yaml", "retina/fed-mae.yaml", WholeSet)]
    [InlineData("retina/scratch-fedprox.yaml", "retina/scratch.yaml", "federation.proximal=0")]
    public void An_ablation_differs_from_its_row_only_in_what_it_varies(string ablation, string row, string sets)
    {
        var (varied, kept) = (Read(TextOf(ablation), sets.Split(' ')), Read(TextOf(row), []));
        Assert.Equal(Json(kept), Json(varied with { Name = kept.Name, Description = kept.Description }));
    }

    [Fact]
    public void The_page_lists_every_file_and_no_other()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "reproducing.md"));
        var named = FileName().Matches(page).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(Files.Select(row => row.Data), named);
    }

    /// <summary>The page's row of a file holds figures that stand in the file's head.</summary>
    [Fact]
    public void The_page_and_the_files_tell_the_same_figures()
    {
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs", "reproducing.md"))
            .Where(line => line.StartsWith('|') && Figure().IsMatch(line)).ToList();
        Assert.Equal(Files.Count, rows.Count);
        Assert.All(rows, row =>
        {
            var told = Figure().Matches(string.Join('\n', HeadOf(FileName().Match(row).Value))).Select(match => match.Value).ToHashSet();
            Assert.Subset(told, Figure().Matches(row).Select(match => match.Value).ToHashSet());
        });
    }

    private const string WholeLabels = "data.partition=5_clients/split_3 finetune.labelFraction=1 finetune.batchSize=256";
    private const string WholeSet = "data.partition=5_clients/split_3 finetune.batchSize=256";

    private static string NameOf(string path) => Path.GetRelativePath(Folder, path).Replace(Path.DirectorySeparatorChar, '/');

    private static string TextOf(string file) => File.ReadAllText(Path.Combine(Folder, file));

    private static List<string> HeadOf(string file) => [.. TextOf(file).Split('\n').TakeWhile(line => line.StartsWith('#'))];

    private static ExperimentSpec Read(string text, string[] sets)
    {
        var reading = SpecReader.Read(text, sets);
        Assert.Empty(reading.Faults);
        return reading.Spec!;
    }

    private static string Json(ExperimentSpec spec) =>
        System.Text.Json.JsonSerializer.Serialize(spec, AspireFed.Contracts.ContractJson.Options);

    [GeneratedRegex(@"--set (\S*[^\s.,:;])")]
    private static partial Regex Setting();

    [GeneratedRegex(@"[a-z-]+/[a-z0-9-]+\.yaml")]
    private static partial Regex FileName();

    /// <summary>A percentage as the tables have it.</summary>
    [GeneratedRegex(@"\b[0-9]{2}\.[0-9]{1,2}\b(?=[ .,;:|]|$)", RegexOptions.Multiline)]
    private static partial Regex Figure();
}
