using AspireFed.Contracts;
using AspireFed.Contracts.Tokenizing;
using AspireFed.Ledger;
using Grpc.Core;

namespace AspireFed.Tokenizer.Tokenizing;

/// <summary>Brings the weights of a tokenizer from the object store into memory, by their name and hash.</summary>
internal sealed class WeightsLoading(IObjectStore store)
{
    /// <param name="load">Makes the tokenizer of a file, which is gone afterwards.</param>
    /// <exception cref="RpcException">INVALID_ARGUMENT where the weights are missing or are not what they should be, UNAVAILABLE while the store is away.</exception>
    public async Task<T> LoadAsync<T>(TokenizerSettings settings, Func<string, T> load, CancellationToken cancel)
    {
        if (settings.Weights is not { } weights)
            throw Fault(StatusCode.InvalidArgument, $"A {settings.Kind} tokenizer needs weights; fill in the reference to them.");
        var path = Path.Combine(Path.GetTempPath(), $"aspirefed-tokenizer-{Guid.NewGuid():N}");
        try
        {
            await store.GetFileAsync(new ObjectRef(weights.Name, weights.Sha256, weights.Size), path, cancel);
            return load(path);
        }
        catch (ObjectStoreException e)
        {
            throw Fault(e.IsAboutTheObject ? StatusCode.InvalidArgument : StatusCode.Unavailable, e.Message);
        }
        catch (InputException e)
        {
            throw Fault(StatusCode.InvalidArgument, e.Message.Replace(path, weights.Name, StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static RpcException Fault(StatusCode code, string sentence) => new(new Status(code, sentence));
}
