using System.Text.Json;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inspection;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Compute.Tests.Inspection;

/// <summary>Every figure of <c>inspection.json</c>, which statsmodels, R and car agree on.</summary>
public sealed class InspectionReferenceTests
{
    private const double Tolerance = 1e-9;

    /// <summary>Of p-values, and of the standard errors of marginal effects.</summary>
    private const double TailTolerance = 1e-7;

    private static readonly JsonElement Reference = ReferenceData.Json("inspection.json");

    private static (FeatureTable Table, double[] Labels) Data(string name) => name switch
    {
        "credit" => ReferenceData.Table("credit.csv", "Status", "bad"),
        "spector" => ReferenceData.Table("spector.csv", "GRADE", "1.0"),
        _ => OfColumns(ReferenceData.Table("endometrial.csv", "HG", "1"), "PI", "EH"),
    };

    [Theory]
    [InlineData("spector")]
    [InlineData("endometrial")]
    [InlineData("credit")]
    public void SummaryIsThatOfStatsmodels(string name)
    {
        var (training, rows) = Fit(name);
        using (rows)
        {
            var expected = Reference.GetProperty(name).GetProperty("summary");
            var inference = training.Inference!;
            var fit = GoodnessOfFit.Of(rows);
            var (ll, nullLl, n) = (rows.LogLikelihood, rows.NullLogLikelihood, rows.Observations);
            Near(ll, "log_likelihood");
            Near(nullLl, "null_log_likelihood");
            Near(inference.LogLikelihood, "log_likelihood");
            Near(fit.TjurR2, "tjur_r2");
            Near(fit.PearsonChiSquared, "pearson_chi2");
            Near(GoodnessOfFit.CoxSnellR2(ll, nullLl, n), "cox_snell_r2");
            Near(GoodnessOfFit.NagelkerkeR2(ll, nullLl, n), "nagelkerke_r2");
            for (var j = 0; j < training.Model.Coefficients.Length; j++)
            {
                training.Model.Coefficients[j].ShouldBeNear(expected.GetProperty("coefficients")[j + 1].GetDouble(), Tolerance, $"coefficient {j}");
                inference.Coefficients[j]!.StandardError.ShouldBeNear(expected.GetProperty("standard_errors")[j + 1].GetDouble(), Tolerance, $"error {j}");
            }

            void Near(double actual, string property) => actual.ShouldBeNear(expected.GetProperty(property).GetDouble(), Tolerance, property);
        }
    }

    [Theory]
    [InlineData("spector")]
    [InlineData("endometrial")]
    [InlineData("credit")]
    public void InfluenceIsThatOfR(string name)
    {
        using var rows = Fit(name).Rows;
        var expected = Reference.GetProperty(name).GetProperty("influence");
        var ofRows = expected.GetProperty("rows").EnumerateArray().ToArray();
        var influence = Influence.Of(rows, ofRows.Length, Token);
        influence.MeanLeverage.ShouldBeNear(expected.GetProperty("mean_leverage").GetDouble(), Tolerance, "mean leverage");
        influence.SumCooksDistance.ShouldBeNear(expected.GetProperty("sum_cooks_distance").GetDouble(), Tolerance, "sum");
        influence.Rows.Count.ShouldBe(ofRows.Length);
        if (name == "credit")
            influence.Rows.Select(row => row.Row).ShouldBe(ofRows.Select(row => row.GetProperty("row").GetInt32()));
        foreach (var row in ofRows)
        {
            var found = influence.Rows.Single(one => one.Row == row.GetProperty("row").GetInt32());
            Near(found.Leverage, "leverage");
            Near(found.CooksDistance, "cooks_distance");
            Near(found.Pearson, "pearson");
            Near(found.Deviance, "deviance");
            Near(found.StandardizedPearson, "standardized_pearson");
            Near(found.StandardizedDeviance, "standardized_deviance");
            Near(found.Studentized, "studentized");

            void Near(double actual, string property) => actual.ShouldBeNear(row.GetProperty(property).GetDouble(), Tolerance, $"{property} of {row}");
        }
    }

    [Theory]
    [InlineData("spector")]
    [InlineData("endometrial")]
    [InlineData("credit")]
    public void VarianceInflationIsThatOfStatsmodelsAndOfCar(string name)
    {
        var (training, rows) = Fit(name);
        using (rows)
        {
            var expected = Reference.GetProperty(name).GetProperty("variance_inflation").Numbers();
            var found = VarianceInflation.OfTerms(rows, Token);
            found.Length.ShouldBe(expected.Length);
            foreach (var (j, value) in expected.Index())
                found[j].ShouldBeNear(value, Tolerance, $"VIF of term {j}");
            int[] columnOf = [.. training.Preparation!.Terms.Select(term => ColumnOf(training.Preparation, term))];
            var generalized = VarianceInflation.Generalized(training.Inference!.Covariance, columnOf, training.Preparation.Columns.Count);
            foreach (var (j, one) in Reference.GetProperty(name).GetProperty("generalized_variance_inflation").EnumerateArray().Index())
            {
                training.Preparation.Columns[generalized[j].Column].Name.ShouldBe(one.GetProperty("column").GetString());
                generalized[j].DegreesOfFreedom.ShouldBe(one.GetProperty("degrees_of_freedom").GetInt32());
                generalized[j].Value.ShouldBeNear(one.GetProperty("gvif").GetDouble(), Tolerance, $"GVIF {j}");
                generalized[j].Adjusted.ShouldBeNear(one.GetProperty("gvif_adjusted").GetDouble(), Tolerance, $"adjusted GVIF {j}");
            }
        }
    }

    [Theory]
    [InlineData("spector")]
    [InlineData("endometrial")]
    [InlineData("credit")]
    public void TestsAreThoseOfCar(string name)
    {
        using var rows = Fit(name).Rows;
        var tests = LikelihoodRatioTests.Of(rows, Token);
        var expected = Reference.GetProperty(name).GetProperty("likelihood_ratio_tests").EnumerateArray().ToArray();
        tests.Count.ShouldBe(expected.Length);
        foreach (var (test, one) in tests.Zip(expected))
        {
            test.Column.ShouldBe(one.GetProperty("column").GetString());
            test.DegreesOfFreedom.ShouldBe(one.GetProperty("degrees_of_freedom").GetInt32());
            test.LikelihoodRatio.ShouldBeNear(one.GetProperty("likelihood_ratio").GetDouble(), Tolerance, test.Column);
            test.PValue.ShouldBeNear(one.GetProperty("p_value").GetDouble(), TailTolerance, test.Column);
        }
    }

    public static TheoryData<string, string> Margins()
    {
        var data = new TheoryData<string, string>();
        foreach (var ofData in Reference.EnumerateObject())
        {
            foreach (var margins in ofData.Value.GetProperty("marginal_effects").EnumerateObject())
                data.Add(ofData.Name, margins.Name);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Margins))]
    public void MarginalEffectsAreThoseOfStatsmodels(string name, string margins)
    {
        using var rows = Fit(name).Rows;
        var words = margins.Split('_');
        var effects = MarginalEffects.Of(
            rows, Enum.Parse<MarginMethod>(words[0], ignoreCase: true), Enum.Parse<MarginPoint>(words[1], ignoreCase: true), words.Length > 2, Token);
        var expected = Reference.GetProperty(name).GetProperty("marginal_effects").GetProperty(margins).EnumerateArray().ToArray();
        effects.Select(effect => effect.Term).ShouldBe(Enumerable.Range(0, expected.Length));
        foreach (var (effect, one) in effects.Zip(expected))
        {
            effect.Effect.ShouldBeNear(one.GetProperty("effect").GetDouble(), Tolerance, $"effect {effect.Term}");
            effect.StandardError.ShouldBeNear(one.GetProperty("standard_error").GetDouble(), TailTolerance, $"error {effect.Term}");
            effect.Z.ShouldBeNear(one.GetProperty("z").GetDouble(), TailTolerance, $"z {effect.Term}");
            effect.PValue.ShouldBeNear(one.GetProperty("p_value").GetDouble(), TailTolerance, $"p {effect.Term}");
            var interval = one.GetProperty("confidence_interval").Numbers();
            effect.ConfidenceLow.ShouldBeNear(interval[0], TailTolerance, $"low {effect.Term}");
            effect.ConfidenceHigh.ShouldBeNear(interval[1], TailTolerance, $"high {effect.Term}");
        }
    }

    private static (LogisticTraining Training, FittedRows Rows) Fit(string name)
    {
        var (table, labels) = Data(name);
        return InspectedModel.Of(table, labels);
    }

    private static int ColumnOf(Preparation preparation, string term) =>
        preparation.Columns.Index().First(column => term == column.Item.Name || term.StartsWith(column.Item.Name + "=", StringComparison.Ordinal)).Index;

    private static (FeatureTable Table, double[] Labels) OfColumns((FeatureTable Table, double[] Labels) data, params string[] names)
    {
        int[] kept = [.. names.Select(name => data.Table.Columns.Index().Single(column => column.Item.Name == name).Index)];
        var rows = new double[data.Table.Rows * kept.Length];
        var row = new double[data.Table.Columns.Count];
        for (var i = 0; i < data.Table.Rows; i++)
        {
            data.Table.Numbers!.CopyRow(i, row);
            for (var j = 0; j < kept.Length; j++)
                rows[i * kept.Length + j] = row[kept[j]];
        }
        var matrix = DesignMatrix.FromRows(rows, data.Table.Rows, kept.Length);
        return (new FeatureTable(data.Table.Rows, [.. names.Select(name => new FeatureColumn(name, null))], matrix), data.Labels);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
