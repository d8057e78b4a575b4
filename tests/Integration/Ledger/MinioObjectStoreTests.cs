using System.Security.Cryptography;
using AspireFed.Contracts;
using AspireFed.Ledger;
using AspireFed.Tests.Integration.Infrastructure;

namespace AspireFed.Tests.Integration.Ledger;

public sealed class MinioObjectStoreTests(ServersFixture servers) : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aspirefed-");
    private readonly string _prefix = $"store-tests/{Guid.NewGuid():N}/";
    private MinioObjectStore _store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ObjectStoreSettings Settings => ObjectStoreSettings.Parse(servers.ObjectStore);

    public async ValueTask InitializeAsync()
    {
        _store = new MinioObjectStore(Settings, TimeProvider.System);
        await _store.EnsureBucketAsync(Cancel);
    }

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task A_small_object_comes_back_as_it_was_put(int size)
    {
        var content = RandomNumberGenerator.GetBytes(size);
        var reference = await _store.PutAsync($"{_prefix}small", content, Cancel);
        Assert.Equal(new ObjectRef($"{_prefix}small", Convert.ToHexStringLower(SHA256.HashData(content)), size), reference);
        Assert.Equal(content, await _store.GetAsync($"{_prefix}small", Cancel));
        await _store.GetFileAsync(reference, PathOf("got"), Cancel);
        Assert.Equal(content, await File.ReadAllBytesAsync(PathOf("got"), Cancel));
    }

    [Fact]
    public async Task A_second_put_replaces_the_first_and_a_delete_may_be_repeated()
    {
        await _store.PutAsync($"{_prefix}twice", "one"u8.ToArray(), Cancel);
        await _store.PutAsync($"{_prefix}twice", "two"u8.ToArray(), Cancel);
        Assert.Equal("two"u8.ToArray(), await _store.GetAsync($"{_prefix}twice", Cancel));
        await _store.DeleteAsync($"{_prefix}twice", Cancel);
        await _store.DeleteAsync($"{_prefix}twice", Cancel);
        Assert.Null(await _store.GetAsync($"{_prefix}twice", Cancel));
    }

    [Fact]
    public async Task A_bucket_may_be_ensured_again() => await _store.EnsureBucketAsync(Cancel);

    [Fact]
    public async Task Lists_go_beyond_a_thousand_names_and_come_in_ordinal_order()
    {
        var names = Enumerable.Range(0, 1100).Select(i => $"{_prefix}many/{i % 3}/{i}").ToArray();
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel },
            async (name, stop) => await _store.PutAsync(name, "x"u8.ToArray(), stop));
        Assert.Equal(names.Order(StringComparer.Ordinal), await _store.ListAsync($"{_prefix}many/", Cancel));
        Assert.Equal([$"{_prefix}many/0/", $"{_prefix}many/1/", $"{_prefix}many/2/"], await _store.ListFoldersAsync($"{_prefix}many/", Cancel));
        Assert.Empty(await _store.ListAsync($"{_prefix}none/", Cancel));
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("a+b=c&d")]
    [InlineData("Größe-眼")]
    [InlineData("50%")]
    public async Task Odd_names_are_names(string name)
    {
        await _store.PutAsync($"{_prefix}odd/{name}/x", "x"u8.ToArray(), Cancel);
        Assert.NotNull(await _store.GetAsync($"{_prefix}odd/{name}/x", Cancel));
        Assert.Contains($"{_prefix}odd/{name}/x", await _store.ListAsync($"{_prefix}odd/", Cancel));
        Assert.Contains($"{_prefix}odd/{name}/", await _store.ListFoldersAsync($"{_prefix}odd/", Cancel));
    }

    [Fact]
    public async Task A_large_file_goes_in_parts_and_comes_back_whole()
    {
        var content = await WriteFileAsync("large", 40_000_000);
        var reference = await _store.PutFileAsync(sha256 => $"{_prefix}{sha256}.bin", PathOf("large"), Cancel);
        Assert.Equal($"{_prefix}{reference.Sha256}.bin", reference.Name);
        Assert.Equal(content.Length, reference.Size);
        Assert.Equal(new ContentHash(reference.Sha256, content.Length), await _store.HashAsync(reference.Name, Cancel));
        await _store.GetFileAsync(reference, PathOf("got"), Cancel);
        Assert.Equal(SHA256.HashData(content), SHA256.HashData(await File.ReadAllBytesAsync(PathOf("got"), Cancel)));
    }

    [Fact]
    public async Task What_differs_from_its_reference_is_refused_and_leaves_the_old_file_as_it_was()
    {
        var reference = await _store.PutAsync($"{_prefix}object", new byte[1000], Cancel);
        await File.WriteAllTextAsync(PathOf("got"), "old", Cancel);
        foreach (var wrong in new[] { reference with { Sha256 = new string('0', 64) }, reference with { Size = 10 }, reference with { Size = 2000 } })
        {
            var fault = await Assert.ThrowsAsync<ObjectStoreException>(() => _store.GetFileAsync(wrong, PathOf("got"), Cancel));
            Assert.Contains(wrong.Name, fault.Message, StringComparison.Ordinal);
            Assert.Contains("not what its reference says", fault.Message, StringComparison.Ordinal);
        }
        Assert.Equal("old", await File.ReadAllTextAsync(PathOf("got"), Cancel));
        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public async Task A_missing_object_is_null_or_a_fault_that_names_it()
    {
        Assert.Null(await _store.GetAsync($"{_prefix}nothing", Cancel));
        Assert.Null(await _store.HashAsync($"{_prefix}nothing", Cancel));
        var fault = await Assert.ThrowsAsync<ObjectStoreException>(
            () => _store.GetFileAsync(new ObjectRef($"{_prefix}nothing", "00", 1), PathOf("got"), Cancel));
        Assert.Contains($"{_prefix}nothing: it has no such object", fault.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.GetFiles());
    }

    [Fact]
    public async Task Wrong_credentials_are_refused_with_the_key_and_without_the_secret()
    {
        foreach (var wrong in new[] { Settings with { SecretKey = "hush" }, Settings with { AccessKey = "nobody", SecretKey = "hush" } })
        {
            using var store = new MinioObjectStore(wrong, TimeProvider.System);
            foreach (var act in new Func<Task>[]
            {
                () => store.EnsureBucketAsync(Cancel), () => store.PutAsync("a", new byte[1], Cancel), () => store.GetAsync("a", Cancel),
                () => store.ListAsync("a", Cancel),
            })
            {
                var fault = await Assert.ThrowsAsync<ObjectStoreException>(act);
                Assert.Contains($"refuses the access key '{wrong.AccessKey}'", fault.Message, StringComparison.Ordinal);
                Assert.DoesNotContain("hush", fault.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData(20_000_000)]
    [InlineData(100)]
    [InlineData(0)]
    public async Task A_download_that_is_cut_is_begun_again(long afterBytes)
    {
        var content = await WriteFileAsync("large", 30_000_000);
        var reference = await _store.PutFileAsync($"{_prefix}download", PathOf("large"), Cancel);
        await using var proxy = new CuttingProxy(Settings.Endpoint, cuts: 2, afterBytes, upstream: false);
        using var store = new MinioObjectStore(Settings with { Endpoint = proxy.Address }, TimeProvider.System);
        await store.GetFileAsync(reference, PathOf("got"), Cancel);
        Assert.True(proxy.CutsLeft <= 0);
        Assert.Equal(SHA256.HashData(content), SHA256.HashData(await File.ReadAllBytesAsync(PathOf("got"), Cancel)));
    }

    [Theory]
    [InlineData(20_000_000)]
    [InlineData(0)]
    public async Task An_upload_that_is_cut_is_begun_again(long afterBytes)
    {
        var content = await WriteFileAsync("large", 30_000_000);
        await using var proxy = new CuttingProxy(Settings.Endpoint, cuts: 2, afterBytes, upstream: true);
        using var store = new MinioObjectStore(Settings with { Endpoint = proxy.Address }, TimeProvider.System);
        var reference = await store.PutFileAsync($"{_prefix}upload", PathOf("large"), Cancel);
        Assert.True(proxy.CutsLeft <= 0);
        await _store.GetFileAsync(reference, PathOf("got"), Cancel);
        Assert.Equal(SHA256.HashData(content), SHA256.HashData(await File.ReadAllBytesAsync(PathOf("got"), Cancel)));
    }

    [Fact]
    public async Task An_upload_that_never_gets_through_leaves_no_object()
    {
        await WriteFileAsync("large", 30_000_000);
        await using var proxy = new CuttingProxy(Settings.Endpoint, cuts: int.MaxValue, bytes: 20_000_000, upstream: true);
        using var store = new MinioObjectStore(Settings with { Endpoint = proxy.Address, Retries = 1 }, TimeProvider.System);
        var fault = await Assert.ThrowsAsync<ObjectStoreException>(() => store.PutFileAsync($"{_prefix}never", PathOf("large"), Cancel));
        Assert.Contains($"does not take {_prefix}never", fault.Message, StringComparison.Ordinal);
        Assert.Null(await _store.GetAsync($"{_prefix}never", Cancel));
        Assert.DoesNotContain($"{_prefix}never", await _store.ListAsync(_prefix, Cancel));
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private async Task<byte[]> WriteFileAsync(string name, int size)
    {
        var content = RandomNumberGenerator.GetBytes(size);
        await File.WriteAllBytesAsync(PathOf(name), content, Cancel);
        return content;
    }
}
