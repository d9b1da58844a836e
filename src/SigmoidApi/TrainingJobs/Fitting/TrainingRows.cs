using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Datasets;
using SigmoidApi.Tables.Rows;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>The rows of a fit, from a data set or from <see cref="InlineRows"/>: features, target, and the other columns that the request names.</summary>
/// <param name="Features">A column for each of the request's features.</param>
/// <param name="Preparation">How each of these columns becomes terms.</param>
/// <param name="Target">Two different values in all.</param>
/// <param name="SampleWeight">Null if every row weighs 1.</param>
/// <param name="Clusters">The cluster of each row, numbered from 0; null if the covariance does not use clusters.</param>
/// <param name="Groups">The group of each row, numbered from 0, which validation does not divide; null if there are none.</param>
/// <param name="Times">The time of each row; null if validation does not use times.</param>
/// <param name="File">The file from which streamed features are read; null if they are in memory.</param>
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
    /// <summary>32 MB: to fill them takes longer than to collect garbage, which takes about 10 ms.</summary>
    private const long ManyNumbers = 4_000_000;

    /// <summary>Reads a data set. Rows without a target, weight, cluster, group or time are left out.</summary>
    /// <param name="engine">Reads the data set's file.</param>
    /// <param name="dataset">The data set.</param>
    /// <param name="request">With its features named.</param>
    /// <param name="streamed">Whether the features are read from disk in each pass, instead of held in memory. The fit's result is the same to the bit.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static TrainingRows Read(DatasetEngine engine, Dataset dataset, TrainingRequest request, bool streamed, CancellationToken cancellationToken)
    {
        var features = RequestedFeature.Of(request, dataset);
        var numbers = features.Where(feature => !feature.IsCategory).Select(feature => feature.Column).ToArray();
        // Garbage of earlier fits would take memory in addition to this fit's numbers. To fill its memory again is faster than to get new memory.
        if (streamed)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        else if (dataset.Rows * numbers.Length >= ManyNumbers)
            GC.Collect();
        var file = streamed && numbers.Length > 0 ? engine.NewRowFile(numbers.Length) : null;
        try
        {
            var columns = dataset.Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
            var categories = features.Where(feature => feature.IsCategory).Select(feature => new ColumnToRead(feature.Column, AsLevels: true));
            var others = request.OtherColumns.Select(named => columns[named.Column])
                .Select(column => new ColumnToRead(column, column.IsText, Required: true));
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

    private static TrainingRows Of(DatasetColumns read, IReadOnlyList<RequestedFeature> features, TrainingRequest request, bool streamed)
    {
        if (read.Rows == 0)
        {
            var required = string.Join(", ", request.OtherColumns.Select(named => $"'{named.Column}'"));
            throw new UntrainableDataException("no_rows", $"No row has a value in each of {required}.");
        }

        var categoryCount = features.Count(feature => feature.IsCategory);
        var categories = read.Others.Take(categoryCount).ToDictionary(values => values.Name, StringComparer.Ordinal);
        foreach (var (column, _, preparation) in features)
        {
            if (preparation.Drop.Level is { } reference && reference != preparation.FillLevel && !categories[column.Name].Levels.Contains(reference))
                throw new UntrainableDataException("unknown_reference", $"The reference '{reference}' is not a level of '{column.Name}'.");
        }

        var table = new FeatureTable(
            read.Rows,
            [.. features.Select(feature => new FeatureColumn(feature.Column.Name, feature.IsCategory ? Codes(categories[feature.Column.Name]) : null))],
            read.Numbers,
            read.HasMissingNumbers)
        { IsStreamed = streamed };
        var others = request.OtherColumns.Select(named => named.Field).Zip(read.Others.Skip(categoryCount)).ToDictionary();
        return new(
            table,
            [.. features.Select(feature => feature.Preparation)],
            others["target"],
            others.GetValueOrDefault("sampleWeight")?.Numbers,
            others.GetValueOrDefault("clusterBy")?.Numbered(),
            others.GetValueOrDefault("validation.groupBy")?.Numbered(),
            others.GetValueOrDefault("validation.timeBy")?.Numbers);
    }

    private static CategoryCodes Codes(ColumnValues values) => new(values.Codes!, values.Levels);
}
