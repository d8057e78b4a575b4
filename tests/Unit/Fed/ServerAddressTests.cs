using AspireFed.Contracts;
using AspireFed.Fed.Server;

namespace AspireFed.Tests.Unit.Fed;

public sealed class ServerAddressTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("address-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_option_wins_over_the_variable_and_the_variable_over_the_file()
    {
        WriteEndpoints("""{"aggregator":"http://127.0.0.1:3"}""");
        Assert.Equal("http://one/", ServerAddress.Find("one", "two", _folder).ToString());
        Assert.Equal("https://two:9/api/", ServerAddress.Find(null, "https://two:9/api", _folder).ToString());
        Assert.Equal("http://127.0.0.1:3/", ServerAddress.Find(null, null, _folder).ToString());
    }

    [Fact]
    public void The_file_is_found_from_a_folder_below()
    {
        WriteEndpoints("""{"aggregator":"http://127.0.0.1:3/","dashboard":"http://127.0.0.1:4"}""");
        string below = Directory.CreateDirectory(Path.Combine(_folder, "a", "b")).FullName;
        Assert.Equal(3, ServerAddress.Find(null, null, below).Port);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("not json")]
    public void A_broken_file_is_named(string text)
    {
        WriteEndpoints(text);
        var fault = Assert.Throws<InputException>(() => ServerAddress.Find(null, null, _folder));
        Assert.Contains("endpoints.json", fault.Message, StringComparison.Ordinal);
    }

    private void WriteEndpoints(string text)
    {
        string data = Directory.CreateDirectory(Path.Combine(_folder, ".aspirefed")).FullName;
        File.WriteAllText(Path.Combine(data, "endpoints.json"), text);
    }
}
