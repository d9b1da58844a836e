using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using SigmoidApi.Tables;

namespace SigmoidApi.Http;

/// <summary>
/// Writes each problem as <c>application/problem+json</c>, whatever the request's <c>Accept</c> says, with the trace id of the log lines.
/// ASP.NET Core's own writer answers plain text to a browser.
/// </summary>
internal sealed class ProblemWriter(HeadersOfEveryAnswer setHeaders, IEnumerable<IOutage> outages) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var http = context.HttpContext;
        var problem = context.ProblemDetails;
        problem.Status ??= http.Response.StatusCode;
        http.Response.StatusCode = problem.Status.Value;
        // The framework clears the headers after an exception.
        setHeaders(http);
        if (problem.Status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests)
            http.Response.Headers.RetryAfter = "1";
        if (problem.Status is not StatusCodes.Status415UnsupportedMediaType)
        {
            // Only a 415 may state what the path accepts. An earlier check may have set these headers, and the problem may be about another fault.
            http.Response.Headers.Remove(HeaderNames.Accept);
            http.Response.Headers.Remove(HeaderNames.AcceptEncoding);
        }

        problem.Type = Problems.Untyped;
        problem.Title ??= ReasonPhrases.GetReasonPhrase(problem.Status.Value);
        problem.Detail ??= DetailOf(problem.Status.Value, http);
        RequestReason.Set(http, problem.Detail);
        problem.Extensions["traceId"] = Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;
        try
        {
            await http.Response.WriteAsJsonAsync(problem, problem.GetType(), options: null, MediaTypes.Problem, http.RequestAborted);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone. If thrown on, the exception would be logged as a failure of the service.
        }
    }

    private string? DetailOf(int status, HttpContext http) => status switch
    {
        StatusCodes.Status404NotFound =>
            $"There is nothing at this path; {(RoutesAtPath.Nearest(http) is { } near ? $"did you mean {Problems.Shorten(near)}? " : "")}"
            + $"GET {http.Request.PathBase}/openapi/v1.json lists what there is.",
        StatusCodes.Status413PayloadTooLarge => BodyLimit.Of(http).Message,
        StatusCodes.Status415UnsupportedMediaType => Problems.Shorten(UnsupportedMediaType.FailureOf(http).Message),
        StatusCodes.Status503ServiceUnavailable when http.Features.Get<IExceptionHandlerFeature>() is { Error: var failure } =>
            outages.FirstOrDefault(outage => outage.Covers(failure))?.DetailOf(failure) ?? UsualDetailOf(status),
        _ => UsualDetailOf(status),
    };

    /// <summary>The detail of a problem with a status, if nothing more specific is known; null for none.</summary>
    internal static string? UsualDetailOf(int status) => Details.GetValueOrDefault(status);

    private static readonly Dictionary<int, string> Details = new()
    {
        [StatusCodes.Status400BadRequest] = "The request is malformed.",
        [StatusCodes.Status405MethodNotAllowed] = "This path does not take this method; the Allow header lists the methods that it takes.",
        [StatusCodes.Status408RequestTimeout] = "The request's body arrived too slowly.",
        [StatusCodes.Status412PreconditionFailed] = "The file does not match the conditions of the request.",
        [StatusCodes.Status416RangeNotSatisfiable] =
            "The file does not have the part that Range asks for; the Content-Range header says how many bytes it has.",
        [StatusCodes.Status503ServiceUnavailable] =
            "The service stops, or can't use its storage now. Send the request again, with an Idempotency-Key where it creates something.",
        [StatusCodes.Status500InternalServerError] = "The service failed; its log says why, under this trace id.",
    };
}
