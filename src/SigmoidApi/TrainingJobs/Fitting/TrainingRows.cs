using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Datasets;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Rows;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>What a fit reads: of each row its features, its target, and what else the request names.</summary>
/// <param name="Features">A column for each of the request's features.</param>
/// <param name="Preparation">How each of them becomes terms.</param>
/// <param name="Target">Two different values in all.</param>
/// <param name="SampleWeight">Null where every row weighs 1.</param>
/// <param name="Clusters">The rows' clusters counted from 0; null where the covariance has none.</param>
/// <param name="Groups">The rows' groups likewise, which validation keeps whole; null where there are none.</param>
/// <param name="Times">When each row was; null where validation does not ask.</param>
/// <param name="File">What streamed features are read from; null where they are in memory.</param>
internal sealed record TrainingRows(
    FeatureTable Features,
    IReadOnlyList<ColumnPreparation> Preparation,
    ColumnValues Target,
    double[]? SampleWeight = null,
    int[]? Clusters = null,
    int[]? Groups = null,
    double[]? Times = null,
    RowFile? File = null) : IDisposable
{
    /// <summary>Reads a data set; rows that lack the target, a weight, a cluster, a group or a time are no training rows.</summary>
    /// <param name="engine">Reads it.</param>
    /// <param name="dataset">Where the rows are.</param>
    /// <param name="request">Resolved: it names its features.</param>
    /// <param name="streamed">Whether the features are not to be held in memory, but read anew in each pass over them; no bit of a fit hangs on it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static TrainingRows Read(DatasetEngine engine, Dataset dataset, TrainingRequest request, bool streamed, CancellationToken cancellationToken)
    {
        // What fits before left behind would stand beside this one's numbers.
        if (streamed)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        var columns = dataset.Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
        var preparation = request.Preparation ?? PreparationRequest.Default;
        var features = request.Features!.Select(name => columns[name])
            .Select(column => (Column: column, IsCategory: preparation.IsCategory(column.Name, column.Type))).ToArray();
        var numbers = features.Where(feature => !feature.IsCategory).Select(feature => feature.Column).ToArray();
        var file = streamed && numbers.Length > 0 ? engine.NewRowFile(numbers.Length) : null;
        try
        {
            var categories = features.Where(feature => feature.IsCategory).Select(feature => new ColumnToRead(feature.Column, AsLevels: true)).ToArray();
            var others = request.ColumnsBesideFeatures.Select(named => new ColumnToRead(columns[named.Column], columns[named.Column].IsText, Required: true)).ToArray();
            var read = engine.Read(dataset.Id, numbers, [.. categories, .. others], cancellationToken, file: file);
            return Of(read, features, request, streamed) with { File = file };
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    public void Dispose() => File?.Dispose();

    private static TrainingRows Of(DatasetColumns read, (ColumnProfile Column, bool IsCategory)[] features, TrainingRequest request, bool streamed)
    {
        if (read.Rows == 0)
            throw new UntrainableDataException("no_rows", $"No row has a value in each of {string.Join(", ", request.ColumnsBesideFeatures.Select(named => $"'{named.Column}'"))}.");

        var categories = features.Count(feature => feature.IsCategory);
        var ofCategories = read.Others.Take(categories).ToDictionary(values => values.Name, StringComparer.Ordinal);
        var preparation = request.PreparationOf(features);
        foreach (var (feature, column) in features.Zip(preparation))
        {
            if (column.Drop.Level is { } reference && reference != column.FillLevel && !ofCategories[feature.Column.Name].Levels.Contains(reference))
                throw new UntrainableDataException("unknown_reference", $"The reference '{reference}' is no level of '{feature.Column.Name}'.");
        }

        var table = new FeatureTable(
            read.Rows,
            [.. features.Select(feature => new FeatureColumn(feature.Column.Name, feature.IsCategory ? Codes(ofCategories[feature.Column.Name]) : null))],
            read.Numbers,
            read.HasMissingNumbers)
        { IsStreamed = streamed };
        var beside = request.ColumnsBesideFeatures.Select(named => named.Field).Zip(read.Others.Skip(categories)).ToDictionary();
        return new(
            table,
            preparation,
            beside["target"],
            beside.GetValueOrDefault("sampleWeight")?.Numbers,
            beside.GetValueOrDefault("clusterBy")?.Numbered(),
            beside.GetValueOrDefault("validation.groupBy")?.Numbered(),
            beside.GetValueOrDefault("validation.timeBy")?.Numbers);
    }

    private static CategoryCodes Codes(ColumnValues values) => new(values.Codes!, values.Levels);
}
