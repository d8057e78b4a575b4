using AspireFed.Aggregator;
using AspireFed.Contracts;
using Microsoft.Extensions.Configuration;

namespace AspireFed.Tests.Harness.Aggregator;

public sealed class AggregatorSettingsTests
{
    [Theory]
    [InlineData("SilenceSeconds", "0.5", "Aggregator:SilenceSeconds is 0.5; give seconds from 1 to 86400.")]
    [InlineData("SilenceSeconds", "long", "The settings under Aggregator cannot be read: *SilenceSeconds*")]
    [InlineData("Silence", "5", "The settings under Aggregator cannot be read: *'Silence'*")]
    public void A_setting_that_makes_no_sense_is_named(string name, string value, string sentence)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { [$"Aggregator:{name}"] = value }).Build();
        var fault = Assert.Throws<InputException>(configuration.AggregatorSettings);
        Assert.Matches($"^{string.Join(".*", sentence.Split('*').Select(System.Text.RegularExpressions.Regex.Escape))}", fault.Message);
    }

    [Fact]
    public void What_is_not_set_has_its_default() =>
        Assert.Equal(TimeSpan.FromSeconds(60), new ConfigurationBuilder().Build().AggregatorSettings().Silence);
}
