using System.Text.Json;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Compute.Tests.Preprocessing;

namespace SigmoidApi.Compute.Tests.Regression;

/// <summary>Compares fits of credit's Job, four classes, with scikit-learn and optima by NumPy.</summary>
public class MultinomialReferenceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static JsonElement Expected => ReferenceData.Json("multinomial.json").GetProperty("cases").GetProperty("credit_job");

    [Theory]
    [InlineData(0, Solver.Auto)]
    [InlineData(1, Solver.Auto)]
    [InlineData(2, Solver.Auto)]
    [InlineData(0, Solver.Lbfgs)]
    [InlineData(1, Solver.Lbfgs)]
    [InlineData(2, Solver.Lbfgs)]
    [InlineData(1, Solver.CoordinateDescent)]
    public void L2FitsAgree(int index, Solver solver)
    {
        var expected = Expected.GetProperty("l2")[index];

        var training = Train(
            new LogisticOptions { C = expected.GetProperty("c").GetDouble(), Solver = solver, MaxIterations = 10_000, Tolerance = 1e-10 }, out var heldOut);

        training.Convergence.Converged.ShouldBeTrue();
        ParametersAgree(training, expected);
        MetricsAgree(heldOut, expected.GetProperty("metrics"));
        training.Model.Intercepts.ToArray().Sum().ShouldBe(0, 1e-12);
        training.StandardizedIntercepts.Sum().ShouldBe(0, 1e-12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void L1FitsAgree(int index)
    {
        var expected = Expected.GetProperty("l1")[index];
        var c = expected.GetProperty("c").GetDouble();

        var training = Train(new LogisticOptions { Penalty = Penalty.L1, C = c, Tolerance = 1e-9 }, out var heldOut);

        training.Convergence.Converged.ShouldBeTrue();
        Near(training.Convergence.Objective / c, expected.GetProperty("objective").GetDouble(), 1e-10);
        if (expected.GetProperty("flat_features").GetInt32() == 0)
            ParametersAgree(training, expected);
        heldOut.LogLoss.ShouldBe(expected.GetProperty("metrics").GetProperty("log_loss").GetDouble(), 1e-8);
    }

    [Fact]
    public void OneVsRestAgrees()
    {
        var expected = Expected.GetProperty("one_vs_rest")[0];

        var training = Train(new LogisticOptions { MultiClass = MultiClass.OneVsRest, Tolerance = 1e-9 }, out var heldOut);

        training.Convergence.Converged.ShouldBeTrue();
        Near(training.Convergence.Objective, expected.GetProperty("objectives").Numbers().Sum(), 1e-10);
        CoefficientsAgree(training, expected);
        MetricsAgree(heldOut, expected.GetProperty("metrics"));
    }

    /// <summary>The optimum of the standardised columns, by Newton steps in NumPy.</summary>
    [Fact]
    public void IrisAgrees()
    {
        double[] intercepts = [-0.20524113301621502, 2.0748397842352215, -1.8695986512190064];
        double[][] coefficients =
        [
            [-1.074066154156825, 1.1601151162144576, -1.9306918616825632, -1.811556124247104],
            [0.5878102398479449, -0.36184062632849634, -0.3634310229373783, -0.8262695764030463],
            [0.4862559143088824, -0.7982744898859604, 2.2941228846199397, 2.637825700650148],
        ];
        var (table, labels) = ReferenceData.Classes("iris.csv", "species");

        var training = MultinomialTrainer.Train(table, [.. table.Columns.Select(_ => new ColumnPreparation())], labels, new LogisticOptions(), null, Token);

        Near(training.Convergence.Objective, 31.37876826079647, 1e-10);
        for (var k = 0; k < intercepts.Length; k++)
        {
            training.StandardizedIntercepts[k].ShouldBe(intercepts[k], 1e-7);
            training.StandardizedCoefficients[k].Zip(coefficients[k]).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-7);
        }
    }

    private static MultinomialTraining Train(LogisticOptions options, out MultinomialMetrics heldOut)
    {
        var (table, labels) = ReferenceData.Classes("credit.csv", "Job");
        double[] training = [.. Enumerable.Range(0, table.Rows).Select(i => (uint)(i * 2654435761L) < 1u << 30 ? 0.0 : 1.0)];
        var trained = MultinomialTrainer.Train(
            table, [.. table.Columns.Select(_ => new ColumnPreparation())], labels, options with { SampleWeight = training }, null, Token);
        trained.Preparation!.Terms.ShouldBe(Expected.GetProperty("terms").EnumerateArray().Select(term => term.GetString()!));
        int[] rows = [.. Enumerable.Range(0, table.Rows).Where(i => training[i] == 0)];
        var (numbers, codes) = ServedRows.Of(table, trained.Preparation!, rows);
        var probabilities = new double[rows.Length * labels.Count];
        new PreparedMultinomialModel(trained.Preparation!, trained.Model).PredictProbabilities(numbers, codes, probabilities);
        heldOut = MultinomialMetrics.FromScores(
            [.. rows.Select(row => (double)labels.Codes[row])], [.. probabilities.Select(p => Math.Log(p))], labels.Count);
        return trained;
    }

    private static void ParametersAgree(MultinomialTraining training, JsonElement expected)
    {
        Near(training.Convergence.Objective / expected.GetProperty("c").GetDouble(), expected.GetProperty("objective").GetDouble(), 1e-10);
        CoefficientsAgree(training, expected);
    }

    private static void CoefficientsAgree(MultinomialTraining training, JsonElement expected)
    {
        var intercepts = expected.GetProperty("intercepts").Numbers();
        for (var k = 0; k < intercepts.Length; k++)
        {
            training.StandardizedIntercepts[k].ShouldBe(intercepts[k], 1e-7 * (1 + Math.Abs(intercepts[k])), $"intercept {k}");
            var coefficients = expected.GetProperty("coefficients")[k].Numbers();
            training.StandardizedCoefficients[k].Length.ShouldBe(coefficients.Length);
            for (var j = 0; j < coefficients.Length; j++)
                training.StandardizedCoefficients[k][j].ShouldBe(coefficients[j], 1e-7 * (1 + Math.Abs(coefficients[j])), $"coefficient {k}, {j}");
        }
    }

    private static void MetricsAgree(MultinomialMetrics actual, JsonElement expected)
    {
        var areas = expected.GetProperty("roc_auc");
        (double Actual, double Expected)[] pairs =
        [
            (actual.LogLoss, Number("log_loss")), (actual.Brier, Number("brier")), (actual.Accuracy, Number("accuracy")),
            (actual.BalancedAccuracy, Number("balanced_accuracy")), (actual.MacroF1, Number("macro_f1")), (actual.WeightedF1, Number("weighted_f1")),
            (actual.MacroPrecision, Number("macro_precision")), (actual.MacroRecall, Number("macro_recall")),
            (actual.MatthewsCorrelation, Number("matthews_correlation")), (actual.Kappa, Number("kappa")),
            (actual.RocAuc.OneVsRestMacro, areas.GetProperty("ovr_macro").GetDouble()),
            (actual.RocAuc.OneVsRestWeighted, areas.GetProperty("ovr_weighted").GetDouble()),
            (actual.RocAuc.OneVsOneMacro, areas.GetProperty("ovo_macro").GetDouble()),
            (actual.RocAuc.OneVsOneWeighted, areas.GetProperty("ovo_weighted").GetDouble()),
            (actual.TopKAccuracy[1], expected.GetProperty("top_k_accuracy").GetProperty("2").GetDouble()),
            (actual.TopKAccuracy[2], expected.GetProperty("top_k_accuracy").GetProperty("3").GetDouble()),
        ];
        foreach (var (index, pair) in pairs.Index())
            pair.Actual.ShouldBe(pair.Expected, index < 2 ? 1e-8 : 1e-10, $"score {index}");
        actual.Confusion.ShouldBe(
            expected.GetProperty("confusion").EnumerateArray().Select(row => row.EnumerateArray().Select(cell => cell.GetInt64()).ToArray()));

        double Number(string name) => expected.GetProperty(name).GetDouble();
    }

    private static void Near(double actual, double expected, double tolerance) => actual.ShouldBe(expected, tolerance * Math.Abs(expected));
}
