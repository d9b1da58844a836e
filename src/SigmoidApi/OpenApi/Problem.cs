using SigmoidApi.Tables;

namespace SigmoidApi.OpenApi;

// Only describes the problems that ProblemWriter writes.

/// <summary>Why a request failed, or a job (RFC 9457).</summary>
/// <param name="Type">Always <c>about:blank</c>: the status says which kind of problem it is.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status; of a job that of a request that fails so.</param>
/// <param name="Detail">A sentence for a person: what was wrong, what was expected, what to do. Left out where the title says all.</param>
/// <param name="Errors">
/// What is wrong with each field, by its path as the caller wrote it, as <c>features[3][0]</c>; left out where it is about no field.
/// </param>
/// <param name="Code">Which of several reasons of that status it is, in snake_case; left out where there is one.</param>
/// <param name="ErrorCount">How many errors a file has, of which <c>errors</c> names the first; left out where it is about no file.</param>
/// <param name="TraceId">The id that the service's log has for the request; left out in the error of a job.</param>
[DefaultsLeftOut]
internal sealed record Problem(
    string Type,
    string Title,
    int Status,
    string? Detail = null,
    IReadOnlyDictionary<string, string[]>? Errors = null,
    string? Code = null,
    long? ErrorCount = null,
    string? TraceId = null);
