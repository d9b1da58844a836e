using Microsoft.EntityFrameworkCore;

namespace SigmoidApi.Datasets;

internal static class FindDataset
{
    /// <summary>Finds the data set that a path or a request means: by its id, or by its name the newest of that name.</summary>
    public static Task<Dataset?> FindDatasetAsync(this IQueryable<Dataset> datasets, string idOrName, CancellationToken cancellationToken) =>
        Guid.TryParse(idOrName, out var id)
            ? datasets.SingleOrDefaultAsync(d => d.Id == id, cancellationToken)
            : datasets.Where(d => d.Name == idOrName).OrderByDescending(d => d.Id).FirstOrDefaultAsync(cancellationToken);
}
