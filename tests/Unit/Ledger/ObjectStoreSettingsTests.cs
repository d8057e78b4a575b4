using AspireFed.Contracts;
using AspireFed.Ledger;

namespace AspireFed.Tests.Unit.Ledger;

public sealed class ObjectStoreSettingsTests
{
    [Fact]
    public void A_connection_string_is_read_in_any_order_and_case()
    {
        var settings = ObjectStoreSettings.Parse("bucket=aspirefed;SecretKey=\"a;b=c\";endpoint=http://127.0.0.1:9000;AccessKey=fed:minio");
        Assert.Equal(new Uri("http://127.0.0.1:9000"), settings.Endpoint);
        Assert.Equal("http://127.0.0.1:9000", settings.Address);
        Assert.Equal(("fed:minio", "a;b=c", "aspirefed", "us-east-1"), (settings.AccessKey, settings.SecretKey, settings.Bucket, settings.Region));
        Assert.Equal("eu-1", ObjectStoreSettings.Parse("Endpoint=https://s3.example;AccessKey=a;SecretKey=b;Bucket=c;Region=eu-1").Region);
    }

    [Theory]
    [InlineData(null, "lacks Endpoint")]
    [InlineData("", "lacks Endpoint")]
    [InlineData("nonsense", "cannot be read")]
    [InlineData("Endpoint=http://h:1;AccessKey=a;Bucket=c", "lacks SecretKey")]
    [InlineData("Endpoint=http://h:1;AccessKey=a;SecretKey=;Bucket=c", "lacks SecretKey")]
    [InlineData("Endpoint=h:1;AccessKey=a;SecretKey=b;Bucket=c", "'h:1' is not an address")]
    [InlineData("Endpoint=ftp://h:1;AccessKey=a;SecretKey=b;Bucket=c", "is not an address")]
    [InlineData("Endpoint=http://h:1/path;AccessKey=a;SecretKey=b;Bucket=c", "is not an address")]
    [InlineData("Endpoint=http://h:1;AccessKey=a;SecretKey=b;Bucket=c;Colour=red", "unknown part 'colour'")]
    public void A_bad_connection_string_is_refused_with_one_sentence(string? text, string words)
    {
        var fault = Assert.Throws<InputException>(() => ObjectStoreSettings.Parse(text));
        Assert.Contains(words, fault.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public void The_secret_is_not_printed() =>
        Assert.DoesNotContain("hush", ObjectStoreSettings.Parse("Endpoint=http://h:1;AccessKey=a;SecretKey=hush;Bucket=c").ToString(), StringComparison.Ordinal);
}
