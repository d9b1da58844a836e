using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Http;
using SigmoidApi.Tables;

namespace SigmoidApi.Storage;

/// <summary>The 404 of what callers have named: it says which name they may have meant, or which versions there are.</summary>
internal static class MissingName
{
    /// <summary>Names that are looked at before the written one in their order, as many after it, and versions: an error stays cheap however many there are.</summary>
    private const int Most = 500;

    /// <param name="what">What the caller meant, as the problem calls it: <c>version 9 of model 'mails'</c>.</param>
    /// <param name="name">The name in it.</param>
    /// <param name="versions">The numbers of the versions of that name.</param>
    /// <param name="names">All names, once each.</param>
    /// <param name="used">The names of all that is there: another name has been deleted.</param>
    /// <param name="cancellationToken">Ends the look.</param>
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

    /// <param name="versions">From the newest; as many as are looked at may be some of more.</param>
    private static string Of(List<int> versions) => versions switch
    {
        { Count: Most } => $"versions up to {versions[0]}",
        [var only] => $"version {only} alone",
        [var last, .., var first] when last - first < versions.Count => $"versions {first} to {last}",
        [var last, .., var first] => $"{versions.Count} versions from {first} to {last}",
        _ => "no versions",
    };
}
