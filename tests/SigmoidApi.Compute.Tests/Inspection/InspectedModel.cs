using SigmoidApi.Compute.Inspection;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Compute.Tests.Inspection;

/// <summary>Fits models without a penalty and opens their rows for inspection.</summary>
internal static class InspectedModel
{
    public static LogisticOptions Unpenalized { get; } = new() { Penalty = Penalty.None, Tolerance = 1e-12, Threads = 2 };

    public static (LogisticTraining Training, FittedRows Rows) Of(FeatureTable table, double[] labels, LogisticOptions? options = null)
    {
        options ??= Unpenalized;
        var drop = options.FitIntercept ? DroppedLevel.First : DroppedLevel.None;
        ColumnPreparation[] preparation =
            [.. table.Columns.Select(column => new ColumnPreparation { Drop = column.Codes is null ? DroppedLevel.None : drop })];
        var training = LogisticTrainer.Train(table, preparation, labels, options, progress: null, default);
        return (training, new FittedRows(table, training.Preparation, labels, training.Model, options, default));
    }

    /// <summary>Equal to within a share of the larger of 1 and the expected value.</summary>
    public static void ShouldBeNear(this double actual, double expected, double tolerance, string what) =>
        Math.Abs(actual - expected).ShouldBeLessThanOrEqualTo(tolerance * Math.Max(1, Math.Abs(expected)), $"{what}: {actual} against {expected}");
}
