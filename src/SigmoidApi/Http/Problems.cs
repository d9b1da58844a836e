using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace SigmoidApi.Http;

/// <summary>The one way into a problem (RFC 9457): every failure, whoever finds it, becomes one of these and is written by <see cref="ProblemWriter"/>.</summary>
public static class Problems
{
    private const int MostCharacters = 500;

    /// <summary>Says no more than the status does (RFC 9457, 4.2.1).</summary>
    internal const string Untyped = "about:blank";

    public static ProblemHttpResult NotFound(string what) => Of(StatusCodes.Status404NotFound, $"There is no {what}{(what.EndsWith('?') ? "" : ".")}");

    public static ProblemHttpResult Conflict(string detail) => Of(StatusCodes.Status409Conflict, detail);

    public static ProblemHttpResult Of(int status, string detail) => TypedResults.Problem(Shorten(detail), statusCode: status);

    /// <summary>A problem that is kept, and told later.</summary>
    /// <param name="status">As it would be of a request.</param>
    /// <param name="detail">A sentence for a person.</param>
    /// <param name="code">Which of several of that status, in snake_case.</param>
    public static ProblemDetails Details(int status, string detail, string? code = null)
    {
        var problem = new ProblemDetails { Status = status, Type = Untyped, Title = ReasonPhrases.GetReasonPhrase(status), Detail = Shorten(detail) };
        if (code is not null)
            problem.Extensions["code"] = code;
        return problem;
    }

    /// <summary>A problem with one entry in <c>errors</c>.</summary>
    public static ProblemHttpResult Field(int status, string path, string message) =>
        Fields(status, new Dictionary<string, string[]>(StringComparer.Ordinal) { [path] = [message] });

    /// <summary>A problem whose <c>errors</c> are keyed by the JSON path as the caller wrote it.</summary>
    public static ProblemHttpResult Fields(int status, IEnumerable<KeyValuePair<string, string[]>> errors)
    {
        var shortened = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var (path, messages) in errors)
            shortened[Shorten(path)] = Array.ConvertAll(messages, Shorten);
        return TypedResults.Problem(new HttpValidationProblemDetails(shortened)
        {
            Status = status,
            Title = ReasonPhrases.GetReasonPhrase(status),
            Detail = Summary(shortened),
        });
    }

    public static ProblemHttpResult From(InputFailure failure) =>
        failure.Path.Length == 0 ? Of(failure.Status, failure.Message) : Field(failure.Status, failure.Path, failure.Message);

    /// <summary>What a caller sent is shown to them again, but not megabytes of it.</summary>
    internal static string Shorten(string text) => text.Length <= MostCharacters ? text : $"{text.AsSpan(0, MostCharacters)}…";

    private static string Summary(Dictionary<string, string[]> errors)
    {
        var (path, messages) = errors.First();
        var rest = errors.Sum(e => e.Value.Length) - 1;
        return rest == 0 ? $"{path}: {messages[0]}" : $"{path}: {messages[0]} (and {rest} more)";
    }

    /// <summary>Failures that nobody answered: an exception, an empty 404 or 405 of routing, a body that broke off; and requests that come while the service drains.</summary>
    public static void UseProblems(this WebApplication app)
    {
        IOutage[] outages = [.. app.Services.GetServices<IOutage>()];
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = exception => exception switch
            {
                BadHttpRequestException bad => bad.StatusCode,
                _ when Array.Exists(outages, outage => outage.Covers(exception)) => StatusCodes.Status503ServiceUnavailable,
                _ => StatusCodes.Status500InternalServerError,
            },
            // A caller's own doing is no error of the service, and needs no stack trace in its log; an outage has a line of its own.
            SuppressDiagnosticsCallback = context =>
                context.Exception is BadHttpRequestException or OperationCanceledException || Array.Exists(outages, outage => outage.Log(context.Exception)),
        });
        var writer = app.Services.GetRequiredService<IProblemDetailsService>();
        app.Use(async (context, next) =>
        {
            await next(context);
            // The framework's middleware for this does the same, but has features for each request that nothing here uses.
            if (context.Response is { HasStarted: false, StatusCode: >= 400 and < 600, ContentLength: null, ContentType: null or "" })
                await writer.WriteAsync(new ProblemDetailsContext { HttpContext = context });
        });
        app.Use((context, next) =>
        {
            if (!app.Lifetime.ApplicationStopping.IsCancellationRequested || !context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
                return next(context);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
    }
}

/// <summary>
/// Writes each problem as <c>application/problem+json</c>, whatever the request's <c>Accept</c> says, with the trace id that the log lines carry.
/// (The writer of ASP.NET Core answers plain text to a browser.)
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
        // An exception has cleared them.
        setHeaders(http);
        if (problem.Status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests)
            http.Response.Headers.RetryAfter = "1";
        if (problem.Status is not StatusCodes.Status415UnsupportedMediaType)
        {
            // Of several faults one is answered, and the body's may be another.
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
            await http.Response.WriteAsJsonAsync(problem, problem.GetType(), options: null, "application/problem+json", http.RequestAborted);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to read it; thrown on, it would be logged as a failure of the service.
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
            outages.FirstOrDefault(outage => outage.Covers(failure))?.DetailOf(failure) ?? Details[status],
        _ => Details.GetValueOrDefault(status),
    };

    private static readonly Dictionary<int, string> Details = new()
    {
        [StatusCodes.Status400BadRequest] = "The request is malformed.",
        [StatusCodes.Status405MethodNotAllowed] = "This path does not take this method; the Allow header lists those that it takes.",
        [StatusCodes.Status408RequestTimeout] = "The request's body came too slowly.",
        [StatusCodes.Status412PreconditionFailed] = "The file is not the one that the request's conditions name.",
        [StatusCodes.Status416RangeNotSatisfiable] = "The file has no such part as Range asks for; the Content-Range header says how many bytes it has.",
        [StatusCodes.Status503ServiceUnavailable] = "The service stops, or can't use its storage now. Send the request again, with an Idempotency-Key where it creates something.",
        [StatusCodes.Status500InternalServerError] = "The service failed; its log says why, under this trace id.",
    };
}
