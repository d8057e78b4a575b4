using AspireFed.Contracts;
using AspireFed.Ledger;
using Minio.Exceptions;

namespace AspireFed.ServiceDefaults.Starting;

/// <summary>Reaches for the object store once, without the retries of ordinary calls.</summary>
internal static class ObjectStoreReach
{
    /// <summary>Makes the bucket where it is missing.</summary>
    /// <exception cref="InputException">The store is there and refuses us.</exception>
    public static async Task TryReachAsync(ObjectStoreSettings settings, CancellationToken cancel)
    {
        using var store = new MinioObjectStore(settings with { Retries = 0 }, TimeProvider.System);
        try
        {
            await store.EnsureBucketAsync(cancel);
        }
        catch (ObjectStoreException e) when (e.InnerException is AuthorizationException or AccessDeniedException)
        {
            throw new InputException(
                $"The object store at {settings.Address} refuses the access key \"{settings.AccessKey}\" or its secret: " +
                $"check both in the connection string \"{ConnectionStrings.ObjectStore}\".", e);
        }
    }
}
