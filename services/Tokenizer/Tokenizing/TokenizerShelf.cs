using System.Text.Json;
using AspireFed.Contracts.Specs;
using AspireFed.Contracts.Tokenizing;
using AspireFed.Models;
using AspireFed.Models.Tokenizers;
using Grpc.Core;

namespace AspireFed.Tokenizer.Tokenizing;

/// <summary>The tokenizers in use, made once for equal settings; the longest unused one goes when there are too many.</summary>
internal sealed class TokenizerShelf : IDisposable
{
    private const int Kept = 8;

    /// <summary>Every kind of tokenizer, by the name that specs have for it.</summary>
    private readonly Dictionary<string, Func<TokenizerSettings, Task<IImageTokenizer>>> _kinds;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _processors = new(Environment.ProcessorCount);
    private readonly LinkedList<(TokenizerSettings Settings, Task<IImageTokenizer> Tokenizer)> _shelf = [];
    private readonly CancellationTokenSource _end = new();

    public TokenizerShelf(WeightsLoading weights)
    {
        _kinds = new()
        {
            [NameOf(TokenizerKind.RandomProjection)] = settings => Task.FromResult<IImageTokenizer>(new RandomProjection(settings)),
            [NameOf(TokenizerKind.DallE)] = settings => WithWeights(settings, LearnedTokenizer.OfDalle),
            [NameOf(TokenizerKind.Dvae)] = settings => WithWeights(settings, LearnedTokenizer.OfDvae),
        };

        async Task<IImageTokenizer> WithWeights(TokenizerSettings settings, Func<string, int, TorchSharp.torch.Device, LearnedTokenizer> load) =>
            new TrainedEncoder(await weights.LoadAsync(settings, path => load(path, settings.Grid, ComputeDevice.Choose()), _end.Token));
    }

    /// <summary>The tokenizer of these settings; those who ask while it is loaded wait for the one loading.</summary>
    /// <exception cref="RpcException">
    /// NOT_FOUND for an unknown kind, INVALID_ARGUMENT for settings that make no sense, UNAVAILABLE while weights cannot be fetched.
    /// </exception>
    public async Task<IImageTokenizer> GetAsync(TokenizerSettings settings, CancellationToken cancel)
    {
        settings = KeyOf(settings);
        Task<IImageTokenizer> tokenizer;
        lock (_gate)
        {
            var node = _shelf.First;
            while (node is not null && !node.Value.Settings.Equals(settings))
                node = node.Next;
            // What could not be loaded is tried again.
            if (node is { Value.Tokenizer.IsFaulted: true })
            {
                _shelf.Remove(node);
                node = null;
            }
            if (node is null) node = new((settings, MakeAsync(settings)));
            else _shelf.Remove(node);
            _shelf.AddFirst(node);
            if (_shelf.Count > Kept) _shelf.RemoveLast();
            tokenizer = node.Value.Tokenizer;
        }
        return await tokenizer.WaitAsync(cancel);
    }

    /// <summary>Computes, with as many others at once as there are processors.</summary>
    public async Task<int[]> RunAsync(Func<Task<int[]>> tokenize, CancellationToken cancel)
    {
        await _processors.WaitAsync(cancel);
        try
        {
            return await tokenize();
        }
        finally
        {
            _processors.Release();
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
        _processors.Dispose();
    }

    /// <summary>What tells one tokenizer from another: of one with weights, neither seed nor measures, which are those of its weights.</summary>
    private static TokenizerSettings KeyOf(TokenizerSettings settings)
    {
        var key = settings.Clone();
        if (key.Weights is not null) (key.Seed, key.Vocabulary, key.Dimensions) = (0, 2, 1);
        return key;
    }

    private async Task<IImageTokenizer> MakeAsync(TokenizerSettings settings)
    {
        if (!_kinds.TryGetValue(settings.Kind, out var make))
        {
            throw new RpcException(new Status(
                StatusCode.NotFound, $"There is no tokenizer '{settings.Kind}' here; there is {string.Join(", ", _kinds.Keys)}."));
        }
        if (SettingsFaults.Of(settings) is { } fault)
            throw new RpcException(new Status(StatusCode.InvalidArgument, fault));
        // Away from the lock that the shelf holds.
        return await Task.Run(() => make(settings));
    }

    private static string NameOf(TokenizerKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());
}
