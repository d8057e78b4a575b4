using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Views;

namespace AspireFed.Fed.Server;

/// <summary>The Aggregator's HTTP API. Every fault comes as one sentence: a person's own, or the server's with its address.</summary>
public sealed class AggregatorClient(HttpClient http, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // The Aggregator fetches a model from the store before it gives the first byte out.
    private static readonly TimeSpan PatienceWithModels = TimeSpan.FromMinutes(10);

    // A newer server may say more than this program knows.
    internal static JsonSerializerOptions Json { get; } =
        new(ContractJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    public Uri Address => http.BaseAddress!;

    /// <summary>Creates an experiment, or only checks its spec.</summary>
    /// <param name="file">Names the spec in faults.</param>
    /// <exception cref="SpecRefusedException">The spec has faults.</exception>
    public async Task<ExperimentSummary> CreateAsync(
        string file, string yaml, IReadOnlyList<string> sets, bool check, CancellationToken cancel)
    {
        string query = string.Concat(sets.Select(set => $"&set={Uri.EscapeDataString(set)}"));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"experiments?check={(check ? "true" : "false")}{query}")
        {
            Content = new StringContent(yaml, Encoding.UTF8, "application/yaml"),
        };
        return await SendAsync<ExperimentSummary>(request, cancel, file);
    }

    public Task<List<ExperimentSummary>> ListAsync(CancellationToken cancel) => GetAsync<List<ExperimentSummary>>("experiments", cancel);

    public Task<ExperimentView> ShowAsync(string id, CancellationToken cancel) =>
        GetAsync<ExperimentView>($"experiments/{Escape(id)}", cancel);

    public Task<ExperimentResults> ResultsAsync(string id, CancellationToken cancel) =>
        GetAsync<ExperimentResults>($"experiments/{Escape(id)}/results", cancel);

    /// <summary>A PNG of test images over what their visual tokens tell, of an experiment that trained a tokenizer.</summary>
    public async Task<byte[]> ReconstructionsAsync(string id, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"experiments/{Escape(id)}/report/reconstructions.png");
        using var response = await AnswerAsync(request, HttpCompletionOption.ResponseContentRead, "", cancel);
        return await response.Content.ReadAsByteArrayAsync(cancel);
    }

    public Task<List<ClientView>> ClientsAsync(CancellationToken cancel) => GetAsync<List<ClientView>>("clients", cancel);

    public async Task CancelAsync(string id, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"experiments/{Escape(id)}/cancel");
        using var response = await AnswerAsync(request, HttpCompletionOption.ResponseContentRead, "", cancel);
    }

    /// <summary>Fetches the global model of a committed round into a file and checks it against the hash that the server gives.</summary>
    public async Task DownloadModelAsync(RoundKey key, string path, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"experiments/{Escape(key.Experiment)}/models/{key.Stage.ToName()}/{key.Round}");
        using var response = await AnswerAsync(request, HttpCompletionOption.ResponseHeadersRead, "", cancel, PatienceWithModels);
        await using (var file = File.Create(path))
        {
            await response.Content.CopyToAsync(file, cancel);
            file.Position = 0;
            var digest = $"sha-256=:{Convert.ToBase64String(await SHA256.HashDataAsync(file, cancel))}:";
            if (!response.Headers.TryGetValues("Repr-Digest", out var expected) || expected.Contains(digest)) return;
        }
        throw new ServerException($"The model of {key} came from {Address} with other bytes than it has there; fetch it again.");
    }

    /// <summary>Whether the server has weights of this hash.</summary>
    public async Task<bool> HasCheckpointAsync(string sha256, CancellationToken cancel)
    {
        try
        {
            _ = await GetAsync<CheckpointRecord>(ObjectNames.Checkpoint(sha256), cancel);
            return true;
        }
        catch (InputException)
        {
            return false;
        }
    }

    /// <summary>Sends a file of weights; specs then name it by its hash.</summary>
    public async Task SendCheckpointAsync(string sha256, string path, CancellationToken cancel)
    {
        await using var file = File.OpenRead(path);
        using var request = new HttpRequestMessage(
            HttpMethod.Put, $"{ObjectNames.Checkpoint(sha256)}?file={Escape(Path.GetFileName(path))}")
        { Content = new StreamContent(file) };
        // How long it takes, the file and the line decide.
        using var response = await AnswerAsync(request, HttpCompletionOption.ResponseContentRead, "", cancel, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Opens the story of an experiment as server-sent events; the caller disposes the response.</summary>
    /// <param name="after">The last event that is known; empty for the whole story.</param>
    public async Task<HttpResponseMessage> OpenEventsAsync(string id, string after, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"experiments/{Escape(id)}/events");
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (after.Length > 0) request.Headers.Add("Last-Event-ID", after);
        // A stream's headers may come with its first event only, so the caller limits the time.
        return await AnswerAsync(request, HttpCompletionOption.ResponseHeadersRead, "", cancel, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Opens the audit of an experiment as server-sent events; the caller disposes the response.</summary>
    public async Task<HttpResponseMessage> OpenAuditAsync(string id, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"experiments/{Escape(id)}/audit");
        return await AnswerAsync(request, HttpCompletionOption.ResponseHeadersRead, "", cancel, PatienceWithModels);
    }

    /// <summary>The id that somebody means by an id, the beginning of one, a name (its newest experiment) or `last`.</summary>
    /// <exception cref="InputException">No experiment is meant, or several.</exception>
    public async Task<string> ResolveAsync(string text, CancellationToken cancel)
    {
        var all = (await ListAsync(cancel)).OrderByDescending(summary => summary.CreatedUtc).ToList();
        if (all.Find(summary => summary.Id == text) is { } exact) return exact.Id;
        if (text == "last" && all.Count > 0) return all[0].Id;
        if (all.Find(summary => summary.Name == text) is { } named) return named.Id;
        var begun = all.FindAll(summary => summary.Id.StartsWith(text, StringComparison.Ordinal));
        return begun.Count switch
        {
            1 => begun[0].Id,
            0 => throw new InputException($"There is no experiment `{text}` at {Address}; `fed list` shows those there are."),
            _ => throw new InputException(
                $"`{text}` may be {string.Join(" or ", begun.Take(5).Select(summary => summary.Id))}; give more of the id."),
        };
    }

    private async Task<T> GetAsync<T>(string path, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync<T>(request, cancel);
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage request, CancellationToken cancel, string file = "")
    {
        using var response = await AnswerAsync(request, HttpCompletionOption.ResponseContentRead, file, cancel);
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(Json, cancel) ?? throw new JsonException("null");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            throw new ServerException(
                $"What answers at {Address} is not an Aggregator that this `fed` understands; use one version of both.", error);
        }
    }

    private async Task<HttpResponseMessage> AnswerAsync(
        HttpRequestMessage request, HttpCompletionOption completion, string file, CancellationToken cancel, TimeSpan? patience = null)
    {
        using var limit = new CancellationTokenSource(patience ?? Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            var response = await http.SendAsync(request, completion, either.Token);
            if (response.IsSuccessStatusCode) return response;
            using (response) throw await ProblemAsync(response, file, either.Token);
        }
        catch (HttpRequestException error)
        {
            string reason = error.InnerException?.Message ?? error.Message;
            throw new ServerException(
                $"No Aggregator answers at {Address} ({reason}); start one with `./run`, or name another with --server.", error);
        }
        catch (OperationCanceledException error) when (!cancel.IsCancellationRequested)
        {
            throw new ServerException(
                $"The Aggregator at {Address} has not answered within {(patience ?? Patience).TotalSeconds} s; look at its log.", error);
        }
    }

    private async Task<Exception> ProblemAsync(HttpResponseMessage response, string file, CancellationToken cancel)
    {
        ServerProblem problem = await ReadProblemAsync(response, cancel);
        if (problem.Errors is { Count: > 0 } faults) return new SpecRefusedException(file, faults);
        string sentence = problem.Detail ?? problem.Title ?? $"It answers {(int)response.StatusCode} {response.ReasonPhrase}.";
        return response.StatusCode is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError
            ? new InputException(sentence)
            : new ServerException($"The Aggregator at {Address} could not do it: {sentence}");
    }

    private static async Task<ServerProblem> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) != true) return new();
        try
        {
            return await response.Content.ReadFromJsonAsync<ServerProblem>(Json, cancel) ?? new();
        }
        catch (JsonException)
        {
            // Not a problem document; its status says enough.
            return new();
        }
    }

    private static string Escape(string id) => Uri.EscapeDataString(id);
}
