using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Storage;

namespace SigmoidApi.Datasets;

internal static class FindDataset
{
    /// <summary>
    /// Finds the data set that a path or a request refers to: by its id, by its name (the newest version), or by <c>name@version</c>. Null if there is none.
    /// </summary>
    public static Task<Dataset?> FindDatasetAsync(this IQueryable<Dataset> datasets, string reference, CancellationToken cancellationToken) =>
        datasets.Referenced(reference).SingleOrDefaultAsync(cancellationToken);

    /// <summary>The 404 for a reference that matches no data set.</summary>
    public static Task<ProblemHttpResult> MissingDatasetAsync(this SigmoidDbContext db, string reference, CancellationToken cancellationToken)
    {
        var name = reference.LastIndexOf('@') is > 0 and var at ? reference[..at] : reference;
        return MissingName.ProblemAsync(
            $"data set '{reference}'",
            name,
            db.Datasets.Where(d => d.Name == name).Select(d => d.Version),
            db.DatasetNames.Select(n => n.Name),
            db.Datasets.Select(d => d.Name),
            cancellationToken);
    }

    /// <summary>A query for the data set that a reference means, with at most one result.</summary>
    public static IQueryable<Dataset> Referenced(this IQueryable<Dataset> datasets, string reference)
    {
        if (Guid.TryParse(reference, out var id))
            return datasets.Where(d => d.Id == id);
        var at = reference.LastIndexOf('@');
        if (at > 0 && int.TryParse(reference.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            var name = reference[..at];
            return datasets.Where(d => d.Name == name && d.Version == version);
        }

        return datasets.Where(d => d.Name == reference).OrderByDescending(d => d.Version).Take(1);
    }
}
