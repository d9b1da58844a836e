using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace SigmoidApi.Http;

/// <summary>Makes the problems (RFC 9457) that failures are answered with; <see cref="ProblemWriter"/> writes them.</summary>
public static class Problems
{
    private const int MostCharacters = 500;

    /// <summary>The type of a problem that its status alone identifies (RFC 9457, 4.2.1).</summary>
    internal const string Untyped = "about:blank";

    public static ProblemHttpResult NotFound(string what) => Of(StatusCodes.Status404NotFound, $"There is no {what}{(what.EndsWith('?') ? "" : ".")}");

    public static ProblemHttpResult Conflict(string detail) => Of(StatusCodes.Status409Conflict, detail);

    public static ProblemHttpResult Of(int status, string detail) => TypedResults.Problem(Shorten(detail), statusCode: status);

    /// <summary>A problem that is stored and shown later.</summary>
    /// <param name="status">The HTTP status that a request with this failure would get.</param>
    /// <param name="detail">A sentence for a person.</param>
    /// <param name="code">Identifies the problem among those of one status, in snake_case.</param>
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

    /// <summary>A problem whose <c>errors</c> are keyed by the JSON path in the caller's spelling.</summary>
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

    /// <summary>Limits how much of the caller's text a problem repeats.</summary>
    internal static string Shorten(string text) => text.Length <= MostCharacters ? text : $"{text.AsSpan(0, MostCharacters)}…";

    private static string Summary(Dictionary<string, string[]> errors)
    {
        var (path, messages) = errors.First();
        var rest = errors.Sum(e => e.Value.Length) - 1;
        return rest == 0 ? $"{path}: {messages[0]}" : $"{path}: {messages[0]} (and {rest} more)";
    }
}
