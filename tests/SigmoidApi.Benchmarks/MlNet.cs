using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Benchmarks;

/// <summary>The peer in .NET: ML.NET's L-BFGS logistic regression with only l2, on float32 copies of the same arrays in memory.</summary>
internal static class MlNet
{
    private const int Repeats = 3;

    private sealed class Row
    {
        public bool Label { get; set; }

        public float[] Features { get; set; } = [];
    }

    /// <param name="args">DIR ROWS COLUMNS</param>
    public static int Run(string[] args)
    {
        var columns = int.Parse(args[2], CultureInfo.InvariantCulture);
        var (features, labels) = Fit.ReadDense(args);
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, columns);
        var context = new MLContext(seed: 1);
        var rows = Enumerable.Range(0, labels.Length)
            .Select(i => new Row { Label = labels[i] == 1, Features = Array.ConvertAll(features.Row(i).ToArray(), x => (float)x) }).ToArray();
        var data = context.Data.LoadFromEnumerable(rows, schema);
        var options = new LbfgsLogisticRegressionBinaryTrainer.Options { L1Regularization = 0, L2Regularization = 1 };

        var seconds = new List<double>();
        BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>>? model = null;
        for (var i = 0; i <= Repeats; i++)
        {
            var start = Stopwatch.GetTimestamp();
            model = context.BinaryClassification.Trainers.LbfgsLogisticRegression(options).Fit(data);
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        var linear = model!.Model.SubModel;
        var ours = new LogisticModel(linear.Bias, [.. linear.Weights.Select(weight => (double)weight)]);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            peer = "ML.NET",
            solver = "LbfgsLogisticRegression",
            seconds = seconds.Skip(1).Order().ElementAt(Repeats / 2),
            objective = Objective(features, labels, ours),
        }));
        return 0;
    }

    private static double Objective(DesignMatrix features, double[] labels, LogisticModel model)
    {
        var objective = 0.0;
        foreach (var weight in model.Coefficients)
            objective += 0.5 * weight * weight;
        for (var i = 0; i < labels.Length; i++)
            objective += model.MeanLogLoss(features.Row(i), labels.AsSpan(i, 1));
        return objective;
    }
}
