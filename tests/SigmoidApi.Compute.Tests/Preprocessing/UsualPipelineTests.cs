using System.Text.Json;
using SigmoidApi.Compute.Evaluation;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Compute.Tests.Preprocessing;

/// <summary>Compares the defaults with scikit-learn's usual pipeline on real data sets.</summary>
public class UsualPipelineTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Files => ["credit.csv", "churn.csv", "house-votes.csv"];

    [Theory]
    [MemberData(nameof(Files))]
    public void TermsCoefficientsAndHeldOutAucAgreeWithScikitLearn(string file)
    {
        var (table, labels, training, expected) = Read(file);

        var trained = Train(table, labels, training);

        trained.Preparation!.Terms.ShouldBe(expected.GetProperty("terms").EnumerateArray().Select(term => term.GetString()!));
        Agree(trained.StandardizedIntercept, expected.GetProperty("intercept").GetDouble());
        var coefficients = expected.GetProperty("coefficients").Numbers();
        trained.StandardizedCoefficients.Length.ShouldBe(coefficients.Length);
        for (var j = 0; j < coefficients.Length; j++)
            Agree(trained.StandardizedCoefficients[j], coefficients[j]);

        var (rows, margins) = HeldOut(table, training, trained);
        ClassificationMetrics.FromMargins([.. rows.Select(row => labels[row])], margins).RocAuc.ShouldBe(expected.GetProperty("rocAuc").GetDouble(), 1e-9);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void FillsAgreeWithScikitLearn(string file)
    {
        var (table, _, training, expected) = Read(file);

        var preparation = Preparation.Fit(table, Defaults(table), training, Token);

        foreach (var column in preparation.Columns)
        {
            var fill = expected.GetProperty("fills").GetProperty(column.Name);
            if (column is FittedNumber number)
                number.Fill.ShouldBe(fill.GetDouble(), 1e-12 * Math.Abs(fill.GetDouble()));
            else
                ((FittedCategory)column).Fill.ShouldBe(fill.GetString());
        }
    }

    private static void Agree(double actual, double expected) => actual.ShouldBe(expected, 1e-6 * (1 + Math.Abs(expected)));

    private static (int[] Rows, double[] Margins) HeldOut(FeatureTable table, double[] training, LogisticTraining trained)
    {
        int[] rows = [.. Enumerable.Range(0, table.Rows).Where(i => training[i] == 0)];
        var (numbers, codes) = ServedRows.Of(table, trained.Preparation!, rows);
        var margins = new double[rows.Length];
        new PreparedModel(trained.Preparation!, trained.Model).PredictMargins(numbers, codes, margins);
        return (rows, margins);
    }

    private static LogisticTraining Train(FeatureTable table, double[] labels, double[] training) =>
        LogisticTrainer.Train(table, Defaults(table), labels, new LogisticOptions { SampleWeight = training }, null, Token);

    private static ColumnPreparation[] Defaults(FeatureTable table) => [.. table.Columns.Select(_ => new ColumnPreparation())];

    /// <summary>Rows held out have weight 0.</summary>
    private static (FeatureTable Table, double[] Labels, double[] Training, JsonElement Expected) Read(string file)
    {
        var expected = ReferenceData.Json("preparation.json").EnumerateArray().Single(entry => entry.GetProperty("file").GetString() == file);
        var (table, labels) = ReferenceData.Table(file, expected.GetProperty("target").GetString()!, expected.GetProperty("positive").GetString()!);
        return (table, labels, [.. Enumerable.Range(0, table.Rows).Select(i => (uint)(i * 2654435761L) < 1u << 30 ? 0.0 : 1.0)], expected);
    }
}
