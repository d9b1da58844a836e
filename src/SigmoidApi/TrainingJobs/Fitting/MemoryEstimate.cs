using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Datasets;

namespace SigmoidApi.TrainingJobs.Fitting;

/// <summary>The memory that a fit takes, estimated before any row is read. All folds and all points of a path use the same rows.</summary>
/// <param name="InMemory">Bytes, with the matrix in memory.</param>
/// <param name="Streamed">Bytes, with the matrix read from disk in each pass.</param>
internal sealed record MemoryEstimate(long InMemory, long Streamed)
{
    /// <summary>Hessians, their factors, and the matrices of inference.</summary>
    private const int SquareMatrices = 6;

    /// <param name="dataset">The rows to fit to. Rows without a target are counted too.</param>
    /// <param name="request">With its features named.</param>
    public static MemoryEstimate Of(Dataset dataset, TrainingRequest request)
    {
        var (numbers, codes, terms, entries, isPrepared) = (0L, 0L, 0L, 0L, false);
        foreach (var (column, isCategory, preparation) in RequestedFeature.Of(request, dataset))
        {
            var indicators = preparation.MissingIndicator && column.Missing > 0 ? 1 : 0;
            (numbers, codes) = isCategory ? (numbers, codes + 1) : (numbers + 1, codes);
            terms += indicators + (isCategory ? Math.Min(column.Distinct, preparation.MaxLevels) + 1 : 1);
            entries += indicators + 1;
            isPrepared |= isCategory || column.Missing > 0;
        }

        var (design, isSparse) = isPrepared ? Preparation.DesignRow(terms, entries) : (0, false);
        var held = sizeof(int) * codes + sizeof(double) * OtherNumbers(request);
        var squares = SquareMatrices * sizeof(double) * (terms + 1) * (terms + 1);
        return new(dataset.Rows * (sizeof(double) * numbers + design + held) + squares, dataset.Rows * ((isSparse ? design : 0) + held) + squares);
    }

    /// <summary>How the fit runs under a limit, and the memory that it then takes.</summary>
    public (MemoryMode Mode, long Bytes) Under(long limit) => InMemory <= limit ? (MemoryMode.InMemory, InMemory) : (MemoryMode.Streamed, Streamed);

    /// <summary>The numbers that are kept for each row besides its features.</summary>
    private static int OtherNumbers(TrainingRequest request)
    {
        // The columns read, the labels, and at the end margins and sorted probabilities, for the scores.
        var count = request.OtherColumns.Count() + 3;
        count += request.ClassWeight is null ? 0 : 1;
        // Weights of the rows trained on, row numbers of both parts, margins and labels of the rows held out.
        count += request.Validation is null ? 0 : 5;
        // The terms of a likelihood and of its information.
        count += request.EffectivePenalty is Penalty.None or Penalty.Firth ? 4 : 0;
        return count;
    }
}
