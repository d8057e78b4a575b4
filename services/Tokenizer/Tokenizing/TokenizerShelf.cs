using System.Text.Json;
using AspireFed.Contracts.Specs;
using AspireFed.Contracts.Tokenizing;
using Grpc.Core;

namespace AspireFed.Tokenizer.Tokenizing;

/// <summary>The tokenizers in use, made once for equal settings; the longest unused one goes when there are too many.</summary>
internal sealed class TokenizerShelf : IDisposable
{
    private const int Kept = 8;

    /// <summary>Every kind of tokenizer, by the name that specs have for it.</summary>
    private static readonly Dictionary<string, Func<TokenizerSettings, IImageTokenizer>> s_kinds = new()
    {
        [NameOf(TokenizerKind.RandomProjection)] = settings => new RandomProjection(settings),
    };

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _processors = new(Environment.ProcessorCount);
    private readonly LinkedList<(TokenizerSettings Settings, IImageTokenizer Tokenizer)> _shelf = [];

    /// <summary>The tokenizer of these settings.</summary>
    /// <exception cref="RpcException">NOT_FOUND for an unknown kind, INVALID_ARGUMENT for settings that make no sense.</exception>
    public IImageTokenizer Get(TokenizerSettings settings)
    {
        lock (_gate)
        {
            var node = _shelf.First;
            while (node is not null && !node.Value.Settings.Equals(settings))
                node = node.Next;
            if (node is null) node = new((settings.Clone(), Make(settings)));
            else _shelf.Remove(node);
            _shelf.AddFirst(node);
            if (_shelf.Count > Kept) _shelf.RemoveLast();
            return node.Value.Tokenizer;
        }
    }

    /// <summary>Computes, with as many others at once as there are processors.</summary>
    public async Task<int[]> RunAsync(Func<int[]> tokenize, CancellationToken cancel)
    {
        await _processors.WaitAsync(cancel);
        try
        {
            return tokenize();
        }
        finally
        {
            _processors.Release();
        }
    }

    public void Dispose() => _processors.Dispose();

    private static IImageTokenizer Make(TokenizerSettings settings)
    {
        if (!s_kinds.TryGetValue(settings.Kind, out var make))
        {
            throw new RpcException(new Status(
                StatusCode.NotFound, $"There is no tokenizer '{settings.Kind}' here; there is {string.Join(", ", s_kinds.Keys)}."));
        }
        if (SettingsFaults.Of(settings) is { } fault)
            throw new RpcException(new Status(StatusCode.InvalidArgument, fault));
        return make(settings);
    }

    private static string NameOf(TokenizerKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());
}
