using AspireFed.Contracts;
using AspireFed.Ledger.Faults;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Minio;
using Minio.DataModel.Args;
using Polly;
using Polly.Retry;

namespace AspireFed.Ledger;

/// <summary>The object store over S3, by the Minio SDK.</summary>
public sealed class MinioObjectStore : IObjectStore, IDisposable
{
    // The SDK sends at most 16.7 MB a request; a link too slow for that in five minutes is no link.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StallTimeout = TimeSpan.FromMinutes(1);

    private readonly ObjectStoreSettings _settings;
    private readonly ILogger _logger;
    private readonly HttpClient _http;
    private readonly IMinioClient _client;
    private readonly ResiliencePipeline _retry;
    private readonly TimeProvider _time;

    public MinioObjectStore(ObjectStoreSettings settings, TimeProvider time, ILogger<MinioObjectStore>? logger = null)
        : this(settings, time, logger, new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) })
    {
    }

    internal MinioObjectStore(ObjectStoreSettings settings, TimeProvider time, ILogger? logger, HttpMessageHandler transport)
    {
        _settings = settings;
        _logger = logger ?? NullLogger.Instance;
        _time = time;
        _http = new HttpClient(new ClockSkewHandler(settings, time, _logger, new FullStoreHandler(transport))) { Timeout = RequestTimeout };
        // A region that is given spares the SDK a request for the bucket's.
        _client = new MinioClient()
            .WithEndpoint(settings.Endpoint.Host, settings.Endpoint.Port)
            .WithSSL(settings.Endpoint.Scheme == Uri.UriSchemeHttps)
            .WithCredentials(settings.AccessKey, settings.SecretKey)
            .WithRegion(settings.Region)
            .WithHttpClient(_http)
            .Build();
        _retry = settings.Retries == 0 ? ResiliencePipeline.Empty : BuildRetry();
    }

    /// <summary>Makes the bucket where it is missing.</summary>
    /// <exception cref="ObjectStoreException">The store cannot be reached or refuses the credentials.</exception>
    public Task EnsureBucketAsync(CancellationToken cancel) =>
        TryAsync("open the bucket", _settings.Bucket, async attempt =>
        {
            if (!await _client.BucketExistsAsync(new BucketExistsArgs().WithBucket(_settings.Bucket), attempt))
                await _client.MakeBucketAsync(new MakeBucketArgs().WithBucket(_settings.Bucket).WithLocation(_settings.Region), attempt);
            return true;
        }, cancel);

    public async Task<ObjectRef> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        var hash = ContentHash.Of(content.Span);
        var bytes = content.ToArray();
        await SendAsync(name, () => new MemoryStream(bytes, writable: false), bytes.Length, cancel);
        return new ObjectRef(name, hash.Sha256, hash.Size);
    }

    public Task<ObjectRef> PutFileAsync(string name, string path, CancellationToken cancel) => PutFileAsync(_ => name, path, cancel);

    public async Task<ObjectRef> PutFileAsync(Func<string, string> nameOf, string path, CancellationToken cancel)
    {
        // Hashed before and not while it is sent: a name may hold the hash, and a repeated part must not be hashed twice. The file has just
        // been written, so this reads the page cache, ten times as fast as the sending that follows.
        var hash = await ContentHash.OfFileAsync(path, cancel);
        var name = nameOf(hash.Sha256);
        await SendAsync(name, () => FaultHook.Halfway(FaultPoint.WeightsHalfSent, ContentHash.OpenToRead(path)), hash.Size, cancel);
        return new ObjectRef(name, hash.Sha256, hash.Size);
    }

    public Task<byte[]?> GetAsync(string name, CancellationToken cancel) =>
        UnlessMissingAsync(name, async attempt =>
        {
            var content = new MemoryStream();
            await ReceiveAsync(name, (body, stop) => body.CopyToAsync(content, stop), attempt);
            return content.ToArray();
        }, cancel);

    public async Task GetFileAsync(ObjectRef reference, string path, CancellationToken cancel)
    {
        var part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            var got = await TryAsync("give", reference.Name, async attempt =>
            {
                await using var file = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
                return await ReceiveAsync(reference.Name, file, reference.Size, attempt);
            }, cancel);
            if (got.Size != reference.Size || !string.Equals(got.Sha256, reference.Sha256, StringComparison.OrdinalIgnoreCase))
            {
                throw new ObjectStoreException(
                    $"The object {reference.Name} at {_settings.Address} is not what its reference says: "
                    + $"{Told(got.Size, got.Sha256)} instead of {Told(reference.Size, reference.Sha256)}.");
            }
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }

        static string Told(long size, string sha256) => $"{size} bytes with SHA-256 {sha256}";
    }

    public Task<ContentHash?> HashAsync(string name, CancellationToken cancel) =>
        UnlessMissingAsync(name, attempt => ReceiveAsync(name, Stream.Null, long.MaxValue, attempt), cancel);

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel) => ListAsync(prefix, recursive: true, cancel);

    public async Task<IReadOnlyList<string>> ListFoldersAsync(string prefix, CancellationToken cancel) =>
        [.. (await ListAsync(prefix, recursive: false, cancel)).Where(name => name.EndsWith('/'))];

    public Task DeleteAsync(string name, CancellationToken cancel) =>
        TryAsync("delete", name, async attempt =>
        {
            await _client.RemoveObjectAsync(new RemoveObjectArgs().WithBucket(_settings.Bucket).WithObject(name), attempt);
            return true;
        }, cancel);

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    private Task<bool> SendAsync(string name, Func<Stream> open, long size, CancellationToken cancel) =>
        TryAsync("take", name, async attempt =>
        {
            await using var content = open();
            await _client.PutObjectAsync(
                new PutObjectArgs().WithBucket(_settings.Bucket).WithObject(name).WithStreamData(content).WithObjectSize(size)
                    .WithContentType(name.EndsWith(".json", StringComparison.Ordinal) ? "application/json" : "application/octet-stream"),
                attempt);
            return true;
        }, cancel);

    private async Task ReceiveAsync(string name, Func<Stream, CancellationToken, Task> read, CancellationToken cancel) =>
        await _client.GetObjectAsync(
            new GetObjectArgs().WithBucket(_settings.Bucket).WithObject(name)
                .WithCallbackStream(async (body, stop) => await read(new StallGuard(body, StallTimeout, _time), stop)),
            cancel);

    /// <summary>Copies at most so many bytes, and one block more, and hashes them as they pass.</summary>
    private async Task<ContentHash> ReceiveAsync(string name, Stream target, long limit, CancellationToken cancel)
    {
        ContentHash? hash = null;
        await ReceiveAsync(name, async (body, stop) => hash = await ContentHash.CopyAsync(body, target, limit, stop), cancel);
        return hash ?? throw new IOException("the answer had no body");
    }

    /// <summary>What an object gives, or null where there is none.</summary>
    private async Task<T?> UnlessMissingAsync<T>(string name, Func<CancellationToken, Task<T>> give, CancellationToken cancel)
        where T : class
    {
        try
        {
            return await TryAsync("give", name, give, cancel);
        }
        catch (ObjectStoreException e) when (e.InnerException is { } inner && StoreFault.IsMissing(inner))
        {
            return null;
        }
    }

    private Task<IReadOnlyList<string>> ListAsync(string prefix, bool recursive, CancellationToken cancel) =>
        TryAsync<IReadOnlyList<string>>("list", prefix, async attempt =>
        {
            List<string> names = [];
            var query = new ListObjectsArgs().WithBucket(_settings.Bucket).WithPrefix(prefix).WithRecursive(recursive);
            await foreach (var item in _client.ListObjectsEnumAsync(query, attempt))
                names.Add(item.IsDir ? Uri.UnescapeDataString(item.Key) : item.Key); // the SDK decodes the names of objects only
            names.Sort(StringComparer.Ordinal);
            return names;
        }, cancel);

    private async Task<T> TryAsync<T>(string verb, string name, Func<CancellationToken, Task<T>> act, CancellationToken cancel)
    {
        try
        {
            return await _retry.ExecuteAsync(async stop => await act(stop), cancel);
        }
        catch (Exception e) when (e is not ObjectStoreException && !cancel.IsCancellationRequested)
        {
            throw new ObjectStoreException(
                $"The object store at {_settings.Address} does not {verb} {name}: {StoreFault.InWords(e, _settings)}.", e);
        }
    }

    private ResiliencePipeline BuildRetry() => new ResiliencePipelineBuilder { TimeProvider = _time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = arguments => ValueTask.FromResult(
                arguments.Outcome.Exception is { } fault && StoreFault.MayPass(fault)
                && !arguments.Context.CancellationToken.IsCancellationRequested),
            MaxRetryAttempts = _settings.Retries,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(250),
            MaxDelay = TimeSpan.FromSeconds(5),
            UseJitter = true,
            OnRetry = arguments =>
            {
                _logger.LogWarning("The object store at {Address} fails: {Reason}; try {Attempt} of {Attempts} follows in {Delay:0.0} s",
                    _settings.Address, StoreFault.InWords(arguments.Outcome.Exception!, _settings), arguments.AttemptNumber + 2,
                    _settings.Retries + 1, arguments.RetryDelay.TotalSeconds);
                return default;
            },
        })
        .Build();
}
