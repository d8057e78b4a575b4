using AspireFed.Aggregator.Leading;
using AspireFed.Contracts;
using AspireFed.Ledger;
using Microsoft.AspNetCore.Diagnostics;
using StackExchange.Redis;

namespace AspireFed.Aggregator.Experiments;

/// <summary>Turns exceptions that a person can act upon into problem documents (RFC 9457).</summary>
public sealed class ApiProblems(IProblemDetailsService problems) : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var status = exception switch
        {
            InputException => StatusCodes.Status400BadRequest,
            ObjectStoreException or RedisException or StandsByException => StatusCodes.Status503ServiceUnavailable,
            _ => 0,
        };
        if (status == 0) return ValueTask.FromResult(false);
        httpContext.Response.StatusCode = status;
        return problems.TryWriteAsync(new() { HttpContext = httpContext, Exception = exception, ProblemDetails = { Status = status, Detail = exception.Message } });
    }
}
