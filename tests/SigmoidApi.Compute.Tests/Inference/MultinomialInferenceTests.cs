using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Inference;

public class MultinomialInferenceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, Solver> Cases => new()
    {
        { "anes96", Solver.Auto }, { "anes96", Solver.Lbfgs }, { "credit_job", Solver.Auto },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void FiguresAgreeWithStatsmodels(string name, Solver solver)
    {
        var (features, labels) = Read(name);
        var expected = ReferenceData.Json("multinomial.json").GetProperty("inference").GetProperty(name);

        var training = MultinomialTrainer.Train(
            features, labels, new LogisticOptions { Penalty = Penalty.None, Solver = solver, MaxIterations = 5000, Tolerance = 1e-9 }, null, Token);

        training.Convergence.Converged.ShouldBeTrue();
        training.Convergence.Warnings.ShouldBeEmpty();
        var inference = training.Inference.ShouldNotBeNull();
        inference.BaseClass.ShouldBe(0);
        inference.Classes.Select(of => of.Class).ShouldBe(Enumerable.Range(1, labels.Count - 1));
        for (var k = 0; k < inference.Classes.Count; k++)
        {
            ParameterInference?[] parameters = [inference.Classes[k].Intercept, .. inference.Classes[k].Coefficients];
            for (var j = 0; j < parameters.Length; j++)
            {
                var actual = parameters[j].ShouldNotBeNull();
                double At(string figure) => expected.GetProperty(figure)[k][j].GetDouble();
                Near(actual.Estimate, At("coefficients"));
                Near(actual.StandardError, At("standard_errors"));
                Near(actual.Z, At("z"));
                actual.PValue.ShouldBe(At("p_values"), 1e-7 * At("p_values") * (1 + At("z") * At("z")));
                Near(actual.ConfidenceLow, expected.GetProperty("confidence_95")[k][j][0].GetDouble());
                Near(actual.ConfidenceHigh, expected.GetProperty("confidence_95")[k][j][1].GetDouble());
            }
            Near(training.Model.Intercepts[k + 1], parameters[0]!.Estimate);
        }
        training.Model.Intercepts[0].ShouldBe(0);
        training.Model.Coefficients(0).ToArray().ShouldAllBe(coefficient => coefficient == 0);
        Near(inference.LogLikelihood, Whole("log_likelihood"));
        Near(inference.NullLogLikelihood, Whole("null_log_likelihood"));
        Near(inference.LikelihoodRatio, Whole("likelihood_ratio"));
        inference.LikelihoodRatioDegreesOfFreedom.ShouldBe((int)Whole("likelihood_ratio_df"));
        inference.LikelihoodRatioPValue.ShouldBe(Whole("likelihood_ratio_p"), 1e-7 * Whole("likelihood_ratio_p"));
        Near(inference.McFaddenR2, Whole("mcfadden_r2"));
        Near(inference.Aic, Whole("aic"));
        Near(inference.Bic, Whole("bic"));
        inference.Observations.ShouldBe(Whole("observations"));

        double Whole(string figure) => expected.GetProperty(figure).GetDouble();
    }

    [Fact]
    public void AnotherBaseClassShiftsTheEstimates()
    {
        var (features, labels) = Read("anes96");
        var options = new LogisticOptions { Penalty = Penalty.None, Tolerance = 1e-10 };

        var first = MultinomialTrainer.Fit(features, labels, options, null, Token);
        var third = MultinomialTrainer.Fit(features, labels, options with { BaseClass = 2 }, null, Token);

        third.Inference!.BaseClass.ShouldBe(2);
        third.Inference.Classes.Select(of => of.Class).ShouldBe([0, 1, 3, 4, 5, 6]);
        third.Inference.LogLikelihood.ShouldBe(first.Inference!.LogLikelihood, 1e-9);
        for (var j = 0; j < features.Columns; j++)
        {
            var reversed = third.Inference.Classes[0].Coefficients[j]!;
            Near(-reversed.Estimate, first.Inference.Classes[1].Coefficients[j]!.Estimate);
            Near(reversed.StandardError, first.Inference.Classes[1].Coefficients[j]!.StandardError);
        }
    }

    /// <summary>I⁻¹·M·I⁻¹ from the scores of rows or clusters, by its definition.</summary>
    [Theory]
    [InlineData(CovarianceType.HC0)]
    [InlineData(CovarianceType.HC1)]
    [InlineData(CovarianceType.Cluster)]
    public void RobustCovariancesAreTheSandwich(CovarianceType type)
    {
        var (features, labels) = Read("anes96");
        int[] clusters = [.. Enumerable.Range(0, features.Rows).Select(i => i % 37)];
        double[] weights = [.. Enumerable.Range(0, features.Rows).Select(i => (double)(i % 3))];
        var options = new LogisticOptions { Penalty = Penalty.None, Tolerance = 1e-10, SampleWeight = weights };
        var bread = MultinomialTrainer.Fit(features, labels, options, null, Token).Inference!.Covariance;

        var fit = MultinomialTrainer.Fit(
            features, labels, options with { CovarianceType = type, Clusters = type == CovarianceType.Cluster ? clusters : null }, null, Token);

        var (n, d, k) = (features.Rows, features.Columns + 1, labels.Count);
        var order = (k - 1) * d;
        var scores = new double[type == CovarianceType.Cluster ? 37 : n][];
        var probabilities = new double[k];
        for (var i = 0; i < n; i++)
        {
            fit.Model.PredictProbabilities(features.Row(i), probabilities);
            var score = scores[type == CovarianceType.Cluster ? clusters[i] : i] ??= new double[order];
            var factor = type == CovarianceType.Cluster ? weights[i] : Math.Sqrt(weights[i]);
            for (var parameter = 0; parameter < order; parameter++)
            {
                var (output, j) = (parameter / d + 1, parameter % d);
                var z = j == 0 ? 1 : features.Row(i)[j - 1];
                score[parameter] += factor * ((labels.Codes[i] == output ? 1 : 0) - probabilities[output]) * z;
            }
        }
        var total = weights.Sum();
        var correction = type switch
        {
            CovarianceType.HC0 => 1,
            CovarianceType.HC1 => total / (total - order),
            _ => 37 / 36.0 * (total - 1) / (total - order),
        };
        var halves = scores.Select(score => bread.Select(row => row.Zip(score, (a, b) => a * b).Sum()).ToArray()).ToArray();
        for (var i = 0; i < order; i++)
        {
            for (var j = 0; j < order; j++)
            {
                var size = Math.Sqrt(fit.Inference!.Covariance[i][i] * fit.Inference.Covariance[j][j]);
                fit.Inference.Covariance[i][j].ShouldBe(correction * halves.Sum(half => half[i] * half[j]), 1e-8 * size);
            }
        }
    }

    [Fact]
    public void DependentColumnsHaveNoFigures()
    {
        var (features, labels) = Read("anes96");
        var wider = new DesignMatrix(features.Rows, features.Columns + 2);
        for (var i = 0; i < features.Rows; i++)
        {
            features.Row(i).CopyTo(wider.Row(i));
            (wider.Row(i)[^2], wider.Row(i)[^1]) = (2 * features.Row(i)[1] - features.Row(i)[2], 3);
        }

        var fit = MultinomialTrainer.Fit(wider, labels, new LogisticOptions { Penalty = Penalty.None }, null, Token);

        fit.Convergence.Converged.ShouldBeTrue();
        fit.Convergence.Warnings.Select(warning => warning.Code).ShouldBe(["constant_column", "collinear_columns"]);
        fit.Convergence.Warnings[1].Columns.ShouldBe([1, 2, 5]);
        var expected = MultinomialTrainer.Fit(features, labels, new LogisticOptions { Penalty = Penalty.None }, null, Token);
        foreach (var (actual, of) in fit.Inference!.Classes.Zip(expected.Inference!.Classes))
        {
            actual.Coefficients.Index().Where(at => at.Item is null).Select(at => at.Index).ShouldBe([1, 2, 5, 6]);
            Near(actual.Coefficients[4]!.StandardError, of.Coefficients[4]!.StandardError);
        }
        fit.Inference.LikelihoodRatioDegreesOfFreedom.ShouldBe(30);
        Near(fit.Inference.LogLikelihood, expected.Inference.LogLikelihood);
    }

    private static void Near(double actual, double expected) => actual.ShouldBe(expected, 1e-8 * (1 + Math.Abs(expected)));

    private static (DesignMatrix Features, ClassLabels Labels) Read(string name)
    {
        if (name == "anes96")
        {
            var (features, labels) = ReferenceData.Csv("multinomial-anes96.csv");
            return (features, new ClassLabels([.. labels.Select(label => (int)label)], [.. Enumerable.Range(0, 7).Select(k => $"{k}")]));
        }
        var (table, all) = ReferenceData.Classes("credit.csv", "Job");
        string[] names = [.. table.Columns.Where(column => column.Codes is null).Select(column => column.Name)];
        int[] columns = [.. ((string[])["Seniority", "Age", "Expenses", "Income"]).Select(column => Array.IndexOf(names, column))];
        var rows = Enumerable.Range(0, table.Rows).Select(i => ((DesignMatrix)table.Numbers!).Row(i).ToArray()).ToArray();
        int[] complete = [.. Enumerable.Range(0, table.Rows).Where(i => Array.TrueForAll(columns, j => !double.IsNaN(rows[i][j])))];
        double[] values = [.. complete.SelectMany(i => columns.Select(j => rows[i][j]))];
        return (DesignMatrix.FromRows(values, complete.Length, columns.Length), new ClassLabels([.. complete.Select(i => all.Codes[i])], all.Names));
    }
}
