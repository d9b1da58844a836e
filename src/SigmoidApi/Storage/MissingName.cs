using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Tables;

namespace SigmoidApi.Storage;

/// <summary>The 404 for a name that does not exist: it suggests a similar name, or lists the versions that exist.</summary>
internal static class MissingName
{
    /// <summary>
    /// Most names that are compared before the requested one in sort order, and as many after it, and most versions. So the cost of an error is bounded.
    /// </summary>
    private const int Most = 500;

    /// <param name="what">The missing resource in the words of the problem: <c>version 9 of model 'mails'</c>.</param>
    /// <param name="name">The requested name.</param>
    /// <param name="versions">The numbers of the versions of that name.</param>
    /// <param name="names">All names, once each.</param>
    /// <param name="used">The names in use. Other names belong to deleted resources.</param>
    /// <param name="cancellationToken">Cancels the queries.</param>
    public static async Task<ProblemHttpResult> ProblemAsync(
        string what, string name, IQueryable<int> versions, IQueryable<string> names, IQueryable<string> used, CancellationToken cancellationToken)
    {
        if (!ResourceNames.IsValid(name))
            return Problems.NotFound(what);
        var latest = await versions.OrderDescending().Take(Most).ToListAsync(cancellationToken);
        if (latest.Count > 0)
            return Problems.NotFound($"{what}; '{name}' has {Of(latest)}");
        var before = names.Where(other => string.Compare(other, name) < 0).OrderDescending().Take(Most);
        var after = names.Where(other => string.Compare(other, name) > 0).Order().Take(Most);
        var near = await before.Concat(after).Where(other => used.Any(one => one == other)).ToListAsync(cancellationToken);
        return Problems.NotFound($"{what}{NearestName.Hint(name, near.Order(StringComparer.Ordinal))}");
    }

    /// <param name="versions">The versions, newest first. If there are <see cref="Most"/>, older ones may be missing.</param>
    private static string Of(List<int> versions) => versions switch
    {
        { Count: Most } => $"versions up to {versions[0]}",
        [var only] => $"version {only} only",
        [var last, .., var first] when last - first < versions.Count => $"versions {first} to {last}",
        [var last, .., var first] => $"{versions.Count} versions from {first} to {last}",
        _ => "no versions",
    };
}
