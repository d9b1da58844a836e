using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using SigmoidApi.Storage;

namespace SigmoidApi.Datasets;

internal static class FindDataset
{
    /// <summary>Finds the data set that a path or a request means: by its id, by its name the newest of that name, or by <c>name@version</c> that one.</summary>
    public static Task<Dataset?> FindDatasetAsync(this IQueryable<Dataset> datasets, string reference, CancellationToken cancellationToken) =>
        datasets.Ref(reference).SingleOrDefaultAsync(cancellationToken);

    /// <summary>The 404 of a reference to none.</summary>
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

    /// <summary>The one data set that is meant, or none.</summary>
    public static IQueryable<Dataset> Ref(this IQueryable<Dataset> datasets, string reference)
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
