using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using AspireFed.Contracts;
using AspireFed.Ledger;
using Microsoft.Extensions.Time.Testing;

namespace AspireFed.Tests.Unit.Ledger;

/// <summary>What the store does with answers that real servers give only on bad days.</summary>
public sealed class MinioObjectStoreFaultTests
{
    private static readonly ObjectStoreSettings Settings =
        new(new Uri("http://store.example:9000"), "key", "secret", "bucket") { Retries = 2 };

    private static readonly byte[] Content = Encoding.UTF8.GetBytes("the weights");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_error_that_passes_is_survived()
    {
        var transport = new FaultyTransport(
            _ => FaultyTransport.Status(HttpStatusCode.InternalServerError),
            _ => throw new HttpRequestException("reset"),
            Answer);
        using var store = Store(transport);
        Assert.Equal(Content, await store.GetAsync("a/b", Cancel));
    }

    [Fact]
    public async Task A_store_that_knows_no_bucket_while_its_parts_start_again_is_survived()
    {
        var transport = new FaultyTransport(
            _ => FaultyTransport.Status(HttpStatusCode.NotFound, "<?xml version=\"1.0\"?><Error><Code>NoSuchBucket</Code><Message>no</Message></Error>"),
            Answer);
        using var store = Store(transport);
        await store.PutAsync("a/b", Content, Cancel);
        Assert.Equal(2, transport.Requests);
    }

    [Fact]
    public async Task An_error_that_stays_ends_with_a_sentence_that_names_object_and_address()
    {
        var transport = new FaultyTransport(_ => FaultyTransport.Status(HttpStatusCode.InternalServerError));
        using var store = Store(transport);
        foreach (var act in new Func<Task>[]
        {
            () => store.GetAsync("a/b", Cancel), () => store.PutAsync("a/b", Content, Cancel), () => store.ListAsync("a/b", Cancel),
            () => store.DeleteAsync("a/b", Cancel),
        })
        {
            var before = transport.Requests;
            var fault = await Assert.ThrowsAsync<ObjectStoreException>(act);
            Assert.Contains("http://store.example:9000", fault.Message, StringComparison.Ordinal);
            Assert.Contains("a/b", fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', fault.Message);
            Assert.Equal(3, transport.Requests - before);
        }
    }

    [Theory]
    [InlineData(HttpStatusCode.InsufficientStorage, "")]
    [InlineData(HttpStatusCode.InsufficientStorage, "XMinioStorageFull")]
    [InlineData(HttpStatusCode.Forbidden, "QuotaExceeded")]
    [InlineData(HttpStatusCode.BadRequest, "XMinioAdminBucketQuotaExceeded")]
    public async Task A_full_store_is_told_in_words_and_tried_again(HttpStatusCode status, string code)
    {
        var body = code.Length == 0 ? "" : $"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>no</Message></Error>";
        var transport = new FaultyTransport(_ => FaultyTransport.Status(status, body));
        using var store = Store(transport);
        var fault = await Assert.ThrowsAsync<ObjectStoreException>(() => store.PutAsync("a/b", Content, Cancel));
        Assert.Equal("The object store at http://store.example:9000 does not take a/b: it is full and needs more room or a larger quota.", fault.Message);
        Assert.NotNull(fault.InnerException); // which says that it may pass
        Assert.Equal(3, transport.Requests);
    }

    [Fact]
    public async Task Wrong_credentials_are_told_at_once()
    {
        var transport = new FaultyTransport(_ =>
        {
            var refusal = FaultyTransport.Status(
                HttpStatusCode.Forbidden, "<?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>");
            refusal.Headers.Date = DateTimeOffset.UtcNow;
            return refusal;
        });
        using var store = Store(transport);
        var fault = await Assert.ThrowsAsync<ObjectStoreException>(() => store.PutAsync("a/b", Content, Cancel));
        Assert.Contains("access key 'key'", fault.Message, StringComparison.Ordinal);
        Assert.Equal(1, transport.Requests);
    }

    [Theory]
    [InlineData(365)]
    [InlineData(-365)]
    public async Task A_store_that_has_another_time_is_asked_by_its_own(int days)
    {
        var (there, refused) = (DateTimeOffset.UtcNow.AddDays(days), 0);
        List<string> sent = [];
        var transport = new FaultyTransport(request =>
        {
            if (request.Content is { } content)
            {
                using var wire = new MemoryStream();
                content.CopyTo(wire, null, Cancel);
                sent.Add(Convert.ToHexString(wire.ToArray()));
            }
            var stamp = DateTimeOffset.ParseExact(
                request.Headers.GetValues("x-amz-date").Single(), "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
            var credential = request.Headers.GetValues("Authorization").Single();
            if ((stamp - there).Duration() < TimeSpan.FromMinutes(15) && credential.Contains($"/{there:yyyyMMdd}/us-east-1/s3/aws4_request", StringComparison.Ordinal))
                return Answer(request);
            var refusal = FaultyTransport.Status(
                HttpStatusCode.Forbidden, "<?xml version=\"1.0\"?><Error><Code>RequestTimeTooSkewed</Code><Message>no</Message></Error>");
            refusal.Headers.Date = there;
            refused++;
            return refusal;
        });
        using var store = Store(transport);
        Assert.Equal(new ObjectRef("a/b", ContentHash.Of(Content).Sha256, Content.Length), await store.PutAsync("a/b", Content, Cancel));
        Assert.Equal(Content, await store.GetAsync("a/b", Cancel));
        Assert.Equal(1, refused);
        Assert.Equal([Convert.ToHexString(Content), Convert.ToHexString(Content)], sent);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "", true)]
    [InlineData(HttpStatusCode.NotFound, "NoSuchBucket", false)]
    [InlineData(HttpStatusCode.Forbidden, "AccessDenied", false)]
    [InlineData(HttpStatusCode.ServiceUnavailable, "", false)]
    [InlineData(HttpStatusCode.OK, "other bytes", true)]
    public async Task Only_what_is_missing_or_of_other_bytes_is_a_fault_of_the_object(HttpStatusCode status, string code, bool expected)
    {
        var body = status == HttpStatusCode.OK || code.Length == 0 ? code : $"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>no</Message></Error>";
        using var store = Store(new FaultyTransport(request => request.RequestUri!.AbsolutePath.EndsWith("/a/b", StringComparison.Ordinal)
            ? FaultyTransport.Status(status, body)
            : Answer(request))); // the bucket itself, for which the SDK asks where an object is missing
        var hash = ContentHash.Of(Content);
        var path = Path.Combine(Path.GetTempPath(), $"aspirefed-{Guid.NewGuid():N}");
        var fault = await Assert.ThrowsAsync<ObjectStoreException>(
            () => store.GetFileAsync(new ObjectRef("a/b", hash.Sha256, hash.Size), path, Cancel));
        Assert.Equal(expected, fault.IsAboutTheObject);
        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), $"{Path.GetFileName(path)}*"));
    }

    [Fact]
    public async Task A_download_that_breaks_off_is_begun_again_and_leaves_no_part()
    {
        var heads = 0;
        var transport = new FaultyTransport(request => request.Method == HttpMethod.Get && heads++ == 0 ? Cut() : Answer(request));
        using var store = Store(transport);
        var folder = Directory.CreateTempSubdirectory("aspirefed-");
        try
        {
            var path = Path.Combine(folder.FullName, "weights");
            var hash = ContentHash.Of(Content);
            await store.GetFileAsync(new ObjectRef("a/b", hash.Sha256, hash.Size), path, Cancel);
            Assert.Equal(Content, await File.ReadAllBytesAsync(path, Cancel));
            Assert.Single(folder.GetFiles());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task What_is_missing_is_asked_for_once()
    {
        var asked = 0;
        using var store = Store(new FaultyTransport(request =>
        {
            if (!request.RequestUri!.AbsolutePath.EndsWith("/a/b", StringComparison.Ordinal)) return Answer(request);
            asked++;
            return FaultyTransport.Status(HttpStatusCode.NotFound);
        }));
        Assert.Null(await store.GetAsync("a/b", Cancel));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task A_download_that_stalls_is_given_up_after_a_minute_and_begun_again()
    {
        var time = new FakeTimeProvider();
        var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        List<DateTimeOffset> gets = [];
        using var store = new MinioObjectStore(Settings, time, null, new FaultyTransport(request =>
        {
            if (request.Method != HttpMethod.Get) return Answer(request);
            gets.Add(time.GetUtcNow());
            return gets.Count == 1 ? With(new StallingStream(stalled)) : Answer(request);
        }));
        var got = store.GetAsync("a/b", Cancel);
        await stalled.Task.WaitAsync(Cancel);
        for (var began = Stopwatch.StartNew(); !got.IsCompleted;)
        {
            Assert.True(began.Elapsed < TimeSpan.FromMinutes(1), "It waits on.");
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        Assert.Equal(Content, await got);
        Assert.Equal(2, gets.Count);
        Assert.True(gets[1] - gets[0] >= TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_wish_to_stop_is_obeyed_and_is_no_fault_of_the_store()
    {
        using var stop = new CancellationTokenSource();
        var transport = new FaultyTransport(_ =>
        {
            stop.Cancel();
            throw new HttpRequestException("reset");
        });
        using var store = Store(transport);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.GetAsync("a/b", stop.Token));
        Assert.Equal(1, transport.Requests);
    }

    private static MinioObjectStore Store(FaultyTransport transport) => new(Settings, TimeProvider.System, null, transport);

    private static HttpResponseMessage Answer(HttpRequestMessage request)
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Content) };
        response.Headers.TryAddWithoutValidation("ETag", "\"1\"");
        response.Content.Headers.LastModified = DateTimeOffset.UnixEpoch;
        return response;
    }

    private static HttpResponseMessage Cut() => With(new BreakingStream(Content[..4]));

    private static HttpResponseMessage With(Stream body)
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(body) };
        response.Content.Headers.ContentLength = Content.Length;
        return response;
    }

    private sealed class StallingStream(TaskCompletionSource stalled) : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            stalled.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    private sealed class BreakingStream(byte[] start) : MemoryStream(start)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position < Length
                ? base.ReadAsync(buffer, cancellationToken)
                : throw new HttpIOException(HttpRequestError.ResponseEnded, "The response ended prematurely.");
    }
}
