using CsCheck;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Inference;

[Trait("Speed", "Slow")]
public class InferenceTests
{
    private const double Level = 0.95;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Data with arbitrary parameters: no test on them needs a maximum.</summary>
    private sealed record Case(DesignMatrix Features, double[] Labels, double[]? Weights, double[] Parameters, bool Intercept, bool Standardize, int[] Clusters)
    {
        public LogisticInference Infer(CovarianceType type, params int[] dependent)
        {
            var scaling = Standardize ? StandardScaling.Fit(Features, Weights, null, Token) : null;
            if (!Intercept)
                scaling = scaling?.AboutZero();
            var likelihood = new LogLikelihood(DesignRows.Of(Features, scaling, Intercept, new ThreadCrew()), new RowLabels(Labels, Weights));
            return InferenceTests.Infer(new Estimates(likelihood, Parameters, scaling), type, Clusters, Level, dependent);
        }
    }

    private static readonly Gen<Case> Cases =
        from rows in Gen.Int[20, 60]
        from columns in Gen.Int[1, 5]
        from intercept in Gen.Bool
        from standardize in Gen.Bool
        from seed in Gen.Int
        select Make(rows, columns, intercept, standardize, seed);

    private static readonly Gen<double> Units = Gen.Int[0, 2].Select(unit => new[] { 1e-150, 1e-3, 1e150 }[unit]);

    private static readonly Gen<CovarianceType> Types = Gen.Int[0, 3].Select(type => (CovarianceType)type);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SpectorInferenceAgreesWithStatsmodels(bool standardize)
    {
        var expected = ReferenceData.Json("spector-inference.json");

        var inference = Spector(standardize, CovarianceType.Nonrobust);

        ParameterInference[] parameters = [inference.Intercept!, .. inference.Coefficients!];
        ShouldAgree([.. parameters.Select(p => p.Estimate)], expected.GetProperty("coefficients").Numbers());
        ShouldAgree([.. parameters.Select(p => p.StandardError)], expected.GetProperty("standard_errors").Numbers());
        ShouldAgree([.. parameters.Select(p => p.Z)], expected.GetProperty("z").Numbers());
        ShouldAgree([.. parameters.Select(p => p.PValue)], expected.GetProperty("p_values").Numbers());
        for (var j = 0; j < parameters.Length; j++)
        {
            ShouldAgree([parameters[j].ConfidenceLow, parameters[j].ConfidenceHigh],
                expected.GetProperty("confidence_95")[j].Numbers());
            ShouldAgree(inference.Covariance[j], expected.GetProperty("covariance")[j].Numbers());
        }
        inference.LogLikelihood.ShouldBe(expected.GetProperty("log_likelihood").GetDouble(), 1e-12);
        // statsmodels finds the null model by iteration, 2e-11 below its maximum.
        inference.NullLogLikelihood.ShouldBe(expected.GetProperty("null_log_likelihood").GetDouble(), 1e-10);
        inference.LikelihoodRatio.ShouldBe(expected.GetProperty("likelihood_ratio").GetDouble(), 1e-10);
        inference.LikelihoodRatioPValue.ShouldBe(expected.GetProperty("likelihood_ratio_p").GetDouble(), 1e-10);
        inference.McFaddenR2.ShouldBe(expected.GetProperty("mcfadden_r2").GetDouble(), 1e-10);
        inference.Aic.ShouldBe(expected.GetProperty("aic").GetDouble(), 1e-12);
        inference.Bic.ShouldBe(expected.GetProperty("bic").GetDouble(), 1e-12);
        inference.Observations.ShouldBe(32);
        inference.ConfidenceLevel.ShouldBe(Level);
        inference.CovarianceType.ShouldBe(CovarianceType.Nonrobust);
    }

    [Theory]
    [InlineData("HC0", true)]
    [InlineData("HC0", false)]
    [InlineData("cluster", true)]
    [InlineData("cluster", false)]
    public void SpectorRobustErrorsAgreeWithStatsmodels(string kind, bool standardize)
    {
        var expected = ReferenceData.Json("spector-robust.json").GetProperty(kind);

        var inference = Spector(standardize, kind == "HC0" ? CovarianceType.HC0 : CovarianceType.Cluster);

        ParameterInference[] parameters = [inference.Intercept!, .. inference.Coefficients!];
        ShouldAgree([.. parameters.Select(p => p.StandardError)], expected.GetProperty("standard_errors").Numbers());
        ShouldAgree([.. parameters.Select(p => p.Z)], expected.GetProperty("z").Numbers());
        ShouldAgree([.. parameters.Select(p => p.PValue)], expected.GetProperty("p_values").Numbers());
    }

    [Fact]
    public void HC1IsHC0TimesNOverNMinusK()
    {
        var (hc0, hc1) = (Spector(true, CovarianceType.HC0), Spector(true, CovarianceType.HC1));

        for (var i = 0; i < 4; i++)
        {
            for (var j = 0; j < 4; j++)
                hc1.Covariance[i][j].ShouldBe(hc0.Covariance[i][j] * 32 / 28, 1e-12 * Math.Abs(hc0.Covariance[i][j]));
        }
    }

    [Fact]
    public void ClustersOfOneRowGiveHC0UpToTheFactor() => Cases.Sample(data =>
    {
        var n = data.Labels.Length;
        var unweighted = data with { Weights = null, Clusters = [.. Enumerable.Range(0, n).Select(i => -3 * i)] };

        var (clustered, hc0) = (unweighted.Infer(CovarianceType.Cluster), unweighted.Infer(CovarianceType.HC0));

        var factor = Math.Sqrt((double)n / (n - data.Parameters.Length));
        for (var j = 0; j < hc0.Coefficients.Count; j++)
        {
            var expected = hc0.Coefficients[j]!.StandardError * factor;
            clustered.Coefficients[j]!.StandardError.ShouldBe(expected, 1e-9 * expected);
        }
    }, iter: 50);

    [Fact]
    public void CovarianceIsSymmetricAndPositive() => Gen.Select(Cases, Types).Sample((data, type) =>
    {
        var covariance = data.Infer(type).Covariance;

        var random = new Random(3);
        for (var trial = 0; trial < 5; trial++)
        {
            var v = covariance.Select(_ => 2 * random.NextDouble() - 1).ToArray();
            var (form, scale) = (0.0, 0.0);
            for (var i = 0; i < v.Length; i++)
            {
                for (var j = 0; j < v.Length; j++)
                {
                    covariance[i][j].ShouldBe(covariance[j][i], 1e-12 * Math.Sqrt(covariance[i][i] * covariance[j][j]));
                    form += v[i] * covariance[i][j] * v[j];
                    scale += Math.Abs(v[i] * covariance[i][j] * v[j]);
                }
            }
            form.ShouldBeGreaterThan(-1e-12 * scale);
        }
    }, iter: 100);

    [Fact]
    public void TheOrderOfRowsDoesNotMatter() => Gen.Select(Cases, Types).Sample((data, type) =>
    {
        var order = Enumerable.Range(0, data.Labels.Length).ToArray();
        new Random(5).Shuffle(order);
        var shuffled = data with
        {
            Features = data.Features.Select(order),
            Labels = [.. order.Select(i => data.Labels[i])],
            Weights = [.. order.Select(i => data.Weights![i])],
            Clusters = [.. order.Select(i => data.Clusters[i])],
        };

        ShouldAgree(shuffled.Infer(type), data.Infer(type), 1e-9);
    }, iter: 100);

    [Fact]
    public void WeightsCountAsRepeatedRows() => Gen.Select(Cases, Types).Sample((data, type) =>
    {
        var rows = Enumerable.Range(0, data.Labels.Length).SelectMany(i => Enumerable.Repeat(i, (int)data.Weights![i])).ToArray();
        var repeated = data with
        {
            Features = data.Features.Select(rows),
            Labels = [.. rows.Select(i => data.Labels[i])],
            Weights = null,
            Clusters = [.. rows.Select(i => data.Clusters[i])],
        };

        var inference = data.Infer(type);

        ShouldAgree(inference, repeated.Infer(type), 1e-9);
        inference.Observations.ShouldBe(rows.Length);
    }, iter: 100);

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 3)]
    [InlineData(false, 1)]
    public void StorageAndThreadsDoNotMatter(bool standardize, int threads)
    {
        var (dense, single, sparse, labels) = RandomData.MakeSparse(2000, 6, seed: 5);
        double[] parameters = [0.1, 0.2, -0.3, 0.4, 0, 0.1, -0.2];
        var clusters = Enumerable.Range(0, labels.Length).Select(i => i % 31).ToArray();
        LogisticInference Infer(FeatureMatrix features, int threads, CovarianceType type)
        {
            using var crew = new ThreadCrew(threads);
            var scaling = standardize ? StandardScaling.Fit(features, null, crew, Token) : null;
            var likelihood = new LogLikelihood(DesignRows.Of(features, scaling, fitIntercept: true, crew), new RowLabels(labels, null));
            return InferenceTests.Infer(new Estimates(likelihood, parameters, scaling), type, clusters, Level);
        }

        foreach (var type in Enum.GetValues<CovarianceType>())
        {
            var expected = Infer(dense, 1, type);
            ShouldAgree(Infer(single, threads, type), expected, 1e-11);
            ShouldAgree(Infer(sparse, threads, type), expected, 1e-11);
            Infer(dense, threads, type).Coefficients.ShouldBe(expected.Coefficients);
        }
    }

    [Fact]
    public void UnitsScaleEstimateErrorAndIntervalOfTheirColumnOnly() => Gen.Select(Cases, Types, Units).Sample((data, type, unit) =>
    {
        var standardized = data with { Standardize = true };
        var scaled = standardized with { Features = data.Features.Select([.. Enumerable.Range(0, data.Labels.Length)]) };
        for (var i = 0; i < data.Labels.Length; i++)
            scaled.Features.Row(i)[0] *= unit;

        var (inference, expected) = (scaled.Infer(type), standardized.Infer(type));

        var first = inference.Coefficients[0]!;
        ShouldAgree(inference with
        {
            Coefficients = [new ParameterInference(first.Estimate * unit, first.StandardError * unit, first.Z, first.PValue,
                first.ConfidenceLow * unit, first.ConfidenceHigh * unit), .. inference.Coefficients.Skip(1)],
        }, expected, 1e-7);
    }, iter: 100);

    [Fact]
    public void ParametersThatWereNotEstimatedHaveNoError()
    {
        var data = Make(40, 3, intercept: true, standardize: true, seed: 8);
        for (var i = 0; i < 40; i++)
            (data.Features.Row(i)[0], data.Features.Row(i)[2]) = (5, 3 - data.Features.Row(i)[1]);
        data = data with { Parameters = [0.2, 0, 0.5, 0] };

        var inference = data.Infer(CovarianceType.HC1, 1, 3);

        // Column 0 is constant, and column 2 is 3 − column 1: neither the intercept nor any of these columns is identified.
        inference.Intercept.ShouldBeNull();
        inference.Coefficients.ShouldAllBe(coefficient => coefficient == null);
        inference.Covariance.SelectMany(row => row).ShouldAllBe(value => double.IsNaN(value));
        inference.Aic.ShouldBe(2 * 2 - 2 * inference.LogLikelihood, 1e-12);
    }

    [Fact]
    public void WithoutAnInterceptTheNullModelIsOneHalf()
    {
        var data = Make(40, 2, intercept: false, standardize: false, seed: 2) with { Weights = null };

        var inference = data.Infer(CovarianceType.Nonrobust);

        inference.Intercept.ShouldBeNull();
        inference.Covariance.Length.ShouldBe(2);
        inference.NullLogLikelihood.ShouldBe(40 * Math.Log(0.5), 1e-12);
    }

    [Fact]
    public void StandardizedColumnsHaveNoInterceptIfNoneWasFitted()
    {
        var data = Make(40, 1, intercept: false, standardize: true, seed: 2);

        var inference = data.Infer(CovarianceType.Nonrobust);

        inference.Intercept.ShouldBeNull();
        inference.Covariance.Length.ShouldBe(1);
        inference.Aic.ShouldBe(2 - 2 * inference.LogLikelihood, 1e-12);
    }

    [Fact]
    public void WithoutEstimatedColumnsTheLikelihoodRatioIs0()
    {
        var data = Make(30, 1, intercept: true, standardize: true, seed: 4);
        for (var i = 0; i < 30; i++)
            data.Features.Row(i)[0] = 2;

        var inference = (data with { Parameters = [0.1, 0] }).Infer(CovarianceType.Nonrobust, 1);

        (inference.LikelihoodRatio, inference.LikelihoodRatioPValue).ShouldBe((0, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-0.5)]
    [InlineData(double.NaN)]
    public void ConfidenceLevelsOutOfRangeAreRefused(double level)
    {
        var data = Make(20, 1, intercept: true, standardize: false, seed: 1);
        var likelihood = new LogLikelihood(DesignRows.Of(data.Features, null, fitIntercept: true, new ThreadCrew()), new RowLabels(data.Labels, null));

        Should.Throw<ArgumentOutOfRangeException>(() =>
            Infer(new Estimates(likelihood, data.Parameters, null), CovarianceType.Nonrobust, null, level)).ParamName.ShouldBe("confidenceLevel");
    }

    [Fact]
    public void ACovarianceWithoutASmallSampleFactorIsRefused()
    {
        var data = Make(20, 1, intercept: true, standardize: false, seed: 1) with { Weights = null };
        var few = data with { Features = data.Features.Select([0, 1]), Labels = [0, 1] };

        Should.Throw<UntrainableDataException>(() => (data with { Clusters = new int[20] }).Infer(CovarianceType.Cluster)).Code.ShouldBe("too_few_clusters");
        Should.Throw<UntrainableDataException>(() => few.Infer(CovarianceType.HC1)).Code.ShouldBe("too_few_observations");
    }

    private static LogisticInference Infer(Estimates fit, CovarianceType type, int[]? clusters, double level, params int[] dependent)
    {
        var rank = Identification.OfRank(fit, dependent, Token);
        var step = NewtonStep.At(fit.Likelihood, fit.Parameters, rank.Independent, Token);
        return InferenceComputation.Compute(fit, rank.With(step), level, type, clusters, Token);
    }

    private static LogisticInference Spector(bool standardize, CovarianceType type)
    {
        var (features, labels) = ReferenceData.Csv("spector.csv");
        var options = new LogisticOptions { Penalty = Penalty.None, Standardize = standardize, Tolerance = 1e-10 };
        var fit = LogisticTrainer.Train(features, labels, options, null, Token);
        double[] parameters = standardize ? [fit.StandardizedIntercept, .. fit.StandardizedCoefficients] : [fit.Model.Intercept, .. fit.Model.Coefficients];
        // The clusters are TUCE, the second column, rounded down to tens.
        var clusters = Enumerable.Range(0, labels.Length).Select(i => (int)(features.Row(i)[1] / 10)).ToArray();
        return new Case(features, labels, null, parameters, true, standardize, clusters).Infer(type);
    }

    private static Case Make(int rows, int columns, bool intercept, bool standardize, int seed)
    {
        var random = new Random(seed);
        var features = new DesignMatrix(rows, columns);
        for (var i = 0; i < rows; i++)
        {
            foreach (ref var x in features.Row(i))
                x = 2 * random.NextDouble() - 0.5;
        }
        double[] Draw(int count, Func<double> draw) => [.. Enumerable.Range(0, count).Select(_ => draw())];
        var labels = Draw(rows, () => random.Next(2));
        (labels[0], labels[1]) = (0, 1);
        var weights = Draw(rows, () => random.Next(4));
        (weights[0], weights[1]) = (1, 2);
        var parameters = Draw(columns + (intercept ? 1 : 0), () => 2 * random.NextDouble() - 1);
        return new Case(features, labels, weights, parameters, intercept, standardize, [.. Enumerable.Range(0, rows).Select(i => i * i % 6)]);
    }

    private static void ShouldAgree(LogisticInference actual, LogisticInference expected, double tolerance)
    {
        ShouldAgree(actual.LogLikelihood, expected.LogLikelihood, tolerance);
        ShouldAgree(actual.NullLogLikelihood, expected.NullLogLikelihood, tolerance);
        ShouldAgree(actual.Bic, expected.Bic, tolerance);
        actual.Observations.ShouldBe(expected.Observations);
        foreach (var (a, e) in actual.Coefficients.Append(actual.Intercept).Zip(expected.Coefficients.Append(expected.Intercept)))
        {
            if (a is null || e is null)
            {
                a.ShouldBe(e);
                continue;
            }
            ShouldAgree(a.Estimate, e.Estimate, tolerance);
            ShouldAgree(a.StandardError, e.StandardError, tolerance);
            ShouldAgree(a.PValue, e.PValue, tolerance);
            ShouldAgree(a.ConfidenceHigh, e.ConfidenceHigh, tolerance);
        }
    }

    private static void ShouldAgree(double actual, double expected, double tolerance) => actual.ShouldBe(expected, tolerance * (1 + Math.Abs(expected)));

    private static void ShouldAgree(double[] actual, double[] expected)
    {
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < expected.Length; i++)
            actual[i].ShouldBe(expected[i], 1e-8, $"value {i}");
    }
}
