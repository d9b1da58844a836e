using SigmoidApi.Storage;

namespace SigmoidApi.Datasets;

/// <summary>Adds data sets, each with the next version number of its name.</summary>
internal static class DatasetVersions
{
    /// <summary>
    /// Adds the database rows of published files; on return they are committed. It can't be canceled, because the files are already published.
    /// </summary>
    /// <param name="db">The database.</param>
    /// <param name="datasets">The name of each data set, and a function that creates it from its version number.</param>
    /// <param name="isFirst">Called in the transaction: whether no copy of this request has added its data sets before.</param>
    /// <returns>The added data sets; null if a copy of the request came first.</returns>
    public static async Task<IReadOnlyList<Dataset>?> AddDatasetsAsync(
        this SigmoidDbContext db, IReadOnlyList<(string Name, Func<int, Dataset> Create)> datasets, Func<IReadOnlyList<Dataset>, Task<bool>> isFirst)
    {
        await using var transaction = await db.BeginAsync(CancellationToken.None);
        // This locks each name. All transactions lock names in the same order, so that two of them never wait for each other.
        var added = new Dataset[datasets.Count];
        foreach (var i in Enumerable.Range(0, datasets.Count).OrderBy(i => datasets[i].Name, StringComparer.Ordinal))
            added[i] = datasets[i].Create(await db.NextDatasetVersionAsync(datasets[i].Name));
        if (!await isFirst(added))
            return null;
        db.Datasets.AddRange(added);
        db.ListedDatasets.AddRange(added.Select(ListedDataset.From));
        await db.SaveChangesAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return added;
    }
}
