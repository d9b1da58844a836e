using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Datasets;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>What a fit takes, estimated before anything of it is read. Every fold and every point of a path works on the same rows.</summary>
/// <param name="InMemory">Bytes, with its matrix in memory.</param>
/// <param name="Streamed">Bytes, with its matrix read anew in each pass.</param>
internal sealed record TrainingMemory(long InMemory, long Streamed)
{
    /// <summary>Hessians, their factors and what inference makes of them.</summary>
    private const int SquareMatrices = 6;

    /// <param name="dataset">Whose rows are fitted to; those that lack a target are counted too.</param>
    /// <param name="request">Resolved: it names its features.</param>
    public static TrainingMemory Of(Dataset dataset, TrainingRequest request)
    {
        var columns = dataset.Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
        var preparation = request.Preparation ?? PreparationRequest.Default;
        var (numbers, codes, terms, entries, isPrepared) = (0L, 0L, 0L, 0L, false);
        var features = request.Features!.Select(name => columns[name])
            .Select(column => (Column: column, IsCategory: preparation.IsCategory(column.Name, column.Type))).ToArray();
        foreach (var ((column, isCategory), how) in features.Zip(request.PreparationOf(features)))
        {
            var indicators = how.MissingIndicator && column.Missing > 0 ? 1 : 0;
            (numbers, codes) = isCategory ? (numbers, codes + 1) : (numbers + 1, codes);
            (terms, entries) = (terms + indicators + (isCategory ? Math.Min(column.Distinct, how.MaxLevels) + 1 : 1), entries + indicators + 1);
            isPrepared |= isCategory || column.Missing > 0;
        }

        var (design, isSparse) = isPrepared ? Preparation.DesignRow(terms, entries) : (0, false);
        var held = sizeof(int) * codes + sizeof(double) * NumbersBeside(request);
        var squares = SquareMatrices * sizeof(double) * (terms + 1) * (terms + 1);
        return new(dataset.Rows * (sizeof(double) * numbers + design + held) + squares, dataset.Rows * ((isSparse ? design : 0) + held) + squares);
    }

    /// <summary>The way that a fit goes under a limit, and what it then takes.</summary>
    public (MemoryMode Mode, long Bytes) Under(long limit) => InMemory <= limit ? (MemoryMode.InMemory, InMemory) : (MemoryMode.Streamed, Streamed);

    /// <summary>Numbers of each row beside its features.</summary>
    private static int NumbersBeside(TrainingRequest request)
    {
        // The columns read, the labels, and at the end margins and sorted probabilities, for the scores.
        var count = request.ColumnsBesideFeatures.Count() + 3;
        count += request.ClassWeight is null ? 0 : 1;
        // Weights of the rows trained on, row numbers of both parts, margins and labels of the rows held out.
        count += request.Validation is null ? 0 : 5;
        // What a likelihood and its information are made of, row by row.
        count += request.EffectivePenalty is Penalty.None or Penalty.Firth ? 4 : 0;
        return count;
    }
}
