using SigmoidApi.Storage;

namespace SigmoidApi.Datasets;

/// <summary>Gives new data sets the next number of their name.</summary>
internal static class DatasetVersions
{
    /// <summary>Adds rows for files that are published; on return they are there for good. Nothing cancels it: a row without its file would be worse than a file without its row.</summary>
    /// <param name="db">Where to.</param>
    /// <param name="datasets">The name of each, and what makes it under the version that it gets.</param>
    /// <param name="isFirst">Asked within the transaction: whether no copy of the request has added its data sets.</param>
    /// <returns>The rows; null where a copy came first.</returns>
    public static async Task<IReadOnlyList<Dataset>?> AddDatasetsAsync(
        this SigmoidDbContext db, IReadOnlyList<(string Name, Func<int, Dataset> Create)> datasets, Func<IReadOnlyList<Dataset>, Task<bool>> isFirst)
    {
        await using var transaction = await db.BeginAsync(CancellationToken.None);
        // Each name is this transaction's from here on; in one order, so that two transactions never wait for each other.
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
