using AspireFed.Contracts.Specs;
using AspireFed.Specs;

namespace AspireFed.Tests.Unit.Specs;

public sealed class SpecTableTests
{
    [Fact]
    public void The_page_in_docs_is_the_page_that_the_records_make()
    {
        string file = Path.Combine(Repository.Root, "docs", "spec.md");
        Assert.True(SpecTable.Markdown() == File.ReadAllText(file), $"{file} is old; write it anew with `fed spec > docs/spec.md`.");
    }

    [Fact]
    public void Every_key_says_what_it_means() =>
        Assert.DoesNotContain(SpecTable.Markdown().Split('\n'), line => line.EndsWith("|  |", StringComparison.Ordinal));

    [Fact]
    public void Every_experiment_of_the_repository_is_valid()
    {
        string folder = Path.Combine(Repository.Root, "experiments");
        string[] files = Directory.GetFiles(folder, "*.yaml", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            SpecReading reading = SpecReader.Read(File.ReadAllText(file), []);
            Assert.Empty(reading.Faults);
            string path = Path.ChangeExtension(Path.GetRelativePath(folder, file), null);
            Assert.Equal(path.Replace(Path.DirectorySeparatorChar, '-'), reading.Spec!.Name);
        });
    }

    [Fact]
    public void Skin_experiments_differ_only_in_what_they_compare()
    {
        ExperimentSpec mae = Read("skin-fed-mae"), beit = Read("skin-fed-beit");
        ExperimentSpec scratch = Read("skin-scratch"), central = Read("skin-central");
        Assert.Equal(mae.Finetune, scratch.Finetune);
        Assert.Null(scratch.Pretrain);
        Assert.Equal((mae.Pretrain, mae.Finetune), (central.Pretrain, central.Finetune));
        Assert.Equal("central", central.Data.Partition);
        Assert.Equal((mae.Pretrain!.Rounds, mae.Finetune!.Rounds), (beit.Pretrain!.Rounds, beit.Finetune!.Rounds));
    }

    private static ExperimentSpec Read(string name) =>
        SpecReader.Read(File.ReadAllText(Path.Combine(Repository.Root, "experiments", $"{name}.yaml")), []).Spec!;
}
