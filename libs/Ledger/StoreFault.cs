using System.Net;
using System.Net.Sockets;
using Minio.Exceptions;

namespace AspireFed.Ledger;

/// <summary>Sorts what Minio 7.0.0 throws: whether another try may help, and what it means in words.</summary>
internal static class StoreFault
{
    /// <summary>Whether there is no such object, or can be none.</summary>
    public static bool IsMissing(Exception fault) => fault is ObjectNotFoundException or InvalidObjectNameException;

    /// <summary>
    /// Anything not known to be final may pass: the SDK lets a 500 answer surface as NullReferenceException or ArgumentNullException, so
    /// a list of known transient types would be wrong. A bucket was made at the start, and a store whose parts are being started again may
    /// say for a while that there is none.
    /// </summary>
    public static bool MayPass(Exception fault) => fault switch
    {
        ObjectStoreException or AuthorizationException or AccessDeniedException => false,
        _ when IsMissing(fault) => false,
        InvalidBucketNameException or InvalidEndpointException => false,
        FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException => false,
        _ => true,
    };

    /// <summary>Whether the store has no room: the codes of S3 servers, and of quotas on a bucket or a user.</summary>
    public static bool IsFull(Exception fault) => fault is HttpRequestException { StatusCode: HttpStatusCode.InsufficientStorage }
        || (fault is MinioException { Response.Code: { } code }
            && (code.EndsWith("QuotaExceeded", StringComparison.Ordinal) || code is "XMinioStorageFull" or "InsufficientStorage" or "InsufficientCapacity"));

    public static string InWords(Exception fault, ObjectStoreSettings settings) => fault switch
    {
        AuthorizationException or AccessDeniedException => $"it refuses the access key '{settings.AccessKey}' or its secret",
        BucketNotFoundException => $"it has no bucket '{settings.Bucket}'",
        ObjectNotFoundException => "it has no such object",
        _ when IsFull(fault) => "it is full and needs more room or a larger quota",
        _ when FullDisk.Is(fault) => $"the disk of this machine is full ({Brief(fault)})",
        HttpRequestException { InnerException: SocketException socket } => $"it cannot be reached ({socket.Message})",
        HttpRequestException { StatusCode: { } status } => $"it answered {(int)status} {status}",
        HttpRequestException or SocketException => $"it cannot be reached ({fault.Message})",
        TimeoutException or OperationCanceledException => "it did not answer in time",
        NullReferenceException or ArgumentNullException => "it answered with an error that tells nothing",
        InternalServerException or UnexpectedMinioException or ErrorResponseException => $"it answered with an error ({Brief(fault)})",
        _ => Brief(fault),
    };

    private static string Brief(Exception fault) => fault.Message.ReplaceLineEndings(" ").TrimEnd('.');
}
