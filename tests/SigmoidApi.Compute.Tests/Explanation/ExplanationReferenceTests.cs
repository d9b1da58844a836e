using System.Text.Json;
using SigmoidApi.Compute.Explanation;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Explanation;

/// <summary>Every figure of <c>explanation.json</c>: contributions, checked against Shapley values by definition, and permutation importance.</summary>
public class ExplanationReferenceTests
{
    private static readonly JsonElement Reference = ReferenceData.Json("explanation.json");

    public static TheoryData<string> Names => ["spector", "credit", "spambase"];

    [Theory]
    [MemberData(nameof(Names))]
    public void ContributionsAreThoseOfTheReference(string name)
    {
        var (expected, training, _, _) = Fit(name);
        var preparation = training.Preparation!;
        var contributions = new Contributions(preparation, training.Model.Intercept, training.Model.Coefficients, training.TermMeans);

        foreach (var (right, mean) in expected.GetProperty("background_mean").Numbers().Zip(training.TermMeans))
            mean.ShouldBe(right, 1e-9 * Math.Max(1, Math.Abs(right)));
        contributions.Baseline.ShouldBe(expected.GetProperty("baseline").GetDouble(), 1e-9);
        foreach (var record in expected.GetProperty("records").EnumerateArray())
        {
            var (numbers, codes) = Raw(preparation, record.GetProperty("record"));
            var values = new double[contributions.Columns];
            contributions.Explain(numbers, codes, values);
            var margin = new double[1];
            new PreparedModel(preparation, training.Model).PredictMargins(numbers, codes, margin);
            margin[0].ShouldBe(record.GetProperty("log_odds").GetDouble(), 1e-9);
            (contributions.Baseline + values.Sum()).ShouldBe(margin[0], 1e-12);
            for (var j = 0; j < values.Length; j++)
                values[j].ShouldBe(record.GetProperty("contributions").GetProperty(preparation.Columns[j].Name).GetDouble(), 1e-9, preparation.Columns[j].Name);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ImportanceIsThatOfTheReference(string name)
    {
        var (expected, training, table, labels) = Fit(name);
        var preparation = training.Preparation!;
        var contributions = new Contributions(preparation, training.Model.Intercept, training.Model.Coefficients, training.TermMeans);
        int[] rows = [.. Enumerable.Range(0, table.Rows).Where(row => expected.GetProperty("c").ValueKind == JsonValueKind.Null || IsHeldOut(row))];
        var numbers = new double[rows.Length * (table.Numbers?.Columns ?? 0)];
        for (var i = 0; i < rows.Length && numbers.Length > 0; i++)
            table.Numbers!.CopyRow(rows[i], numbers.AsSpan(i * table.Numbers.Columns, table.Numbers.Columns));
        int[][] codes = [.. table.Columns.Zip(preparation.Columns).Where(column => column.First.Codes is not null)
            .Select(column => rows.Select(row => CodeOf((FittedCategory)column.Second, column.First.Codes!, row)).ToArray())];
        var values = new double[rows.Length * contributions.Columns];
        contributions.Explain(numbers, codes, values);
        var margins = new double[rows.Length];
        new PreparedModel(preparation, training.Model).PredictMargins(numbers, codes, margins);

        var found = PermutationImportance.Of([.. rows.Select(row => labels[row])], null, margins, values, repeats: 40, seed: 42, maxPairs: long.MaxValue,
            threads: 2, TestContext.Current.CancellationToken);

        var right = expected.GetProperty("permutation_importance").GetProperty("columns");
        found.Count.ShouldBe(right.GetArrayLength());
        foreach (var (column, at) in right.EnumerateArray().Zip(found))
        {
            var named = column.GetProperty("column").GetString();
            preparation.Columns[at.Column].Name.ShouldBe(named);
            at.IsExact.ShouldBeTrue();
            at.LogLoss.ShouldBe(column.GetProperty("log_loss").GetDouble(), 1e-9, named);
            // Two means of permutations: theirs of 200, ours of 40.
            var error = double.Hypot(column.GetProperty("roc_auc_standard_error").GetDouble(), at.RocAucStandardError!.Value);
            at.RocAuc!.Value.ShouldBe(column.GetProperty("roc_auc").GetDouble(), 5 * error + 1e-12, named);
            var deviation = column.GetProperty("log_loss_deviation_of_one_permutation").GetDouble();
            at.LogLossDeviation!.Value.ShouldBe(deviation, 0.6 * deviation + 1e-12, named);
        }
    }

    private static int CodeOf(FittedCategory category, CategoryCodes codes, int row) =>
        category.CodeOf(codes.Codes[row] < 0 ? null : codes.Levels[codes.Codes[row]]);

    private static bool IsHeldOut(int row) => unchecked((uint)row * 2654435761u) < 1u << 30;

    private static (JsonElement Expected, LogisticTraining Training, FeatureTable Table, double[] Labels) Fit(string name)
    {
        var (target, positive) = name switch { "spector" => ("GRADE", "1.0"), "credit" => ("Status", "bad"), _ => ("Decision", "1") };
        var (table, labels) = ReferenceData.Table($"{name}.csv", target, positive);
        var expected = Reference.GetProperty(name);
        var isPenalized = expected.GetProperty("c").ValueKind != JsonValueKind.Null;
        ColumnPreparation[] preparation = [.. table.Columns.Select(column =>
            column.Codes is null || isPenalized ? new ColumnPreparation() : new ColumnPreparation { Drop = DroppedLevel.First })];
        var options = new LogisticOptions
        {
            Penalty = isPenalized ? Penalty.L2 : Penalty.None,
            Tolerance = 1e-12,
            // A row of weight 0 is left out.
            SampleWeight = isPenalized ? [.. Enumerable.Range(0, table.Rows).Select(row => IsHeldOut(row) ? 0.0 : 1.0)] : null,
        };
        return (expected, LogisticTrainer.Train(table, preparation, labels, options, new FitControl(), TestContext.Current.CancellationToken), table, labels);
    }

    private static (double[] Numbers, int[][] Codes) Raw(Preparation preparation, JsonElement record)
    {
        double[] numbers = [.. preparation.Columns.OfType<FittedNumber>().Select(column => record.GetProperty(column.Name))
            .Select(value => value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble())];
        int[][] codes = [.. preparation.Columns.OfType<FittedCategory>()
            .Select(column => new[] { column.CodeOf(record.GetProperty(column.Name).GetString()) })];
        return (numbers, codes);
    }
}
