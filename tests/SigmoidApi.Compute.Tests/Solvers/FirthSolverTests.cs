using CsCheck;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Solvers;

[Trait("Speed", "Slow")]
public class FirthSolverTests
{
    private const double Tolerance = 1e-10;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private sealed record Case(DesignMatrix Features, double[] Labels, double[]? Weights, bool Intercept, bool Standardize)
    {
        public StandardScaling? Scaling => Standardize ? StandardScaling.Fit(Features, Weights, null, Token) : null;

        public LogLikelihood Likelihood() => new(DesignRows.Of(Features, Scaling, Intercept, new ThreadCrew()), new RowLabels(Labels, Weights));

        public SolverResult Fit(Action<FitProgress>? progress = null, double[]? start = null) => FirthSolver.Maximize(Likelihood(),
            start ?? new double[Features.Columns + (Intercept ? 1 : 0)], 500, Tolerance, FitJournal.ForOneCall(progress), Token);

        public LogisticInference Infer(double level = 0.95) => Fit() is var fit
            ? InferenceComputation.ComputeFirth(Likelihood(), fit.Parameters, fit.Dependent, Scaling, level, 500,
                ConfidenceIntervals.Profile, FitJournal.ForOneCall(null), Token) : null!;
    }

    private static readonly Gen<double> Units = Gen.Int[0, 2].Select(unit => new[] { 1e-120, 0.01, 1e120 }[unit]);

    /// <summary>About half of the cases have separated labels.</summary>
    private static readonly Gen<Case> Cases =
        from rows in Gen.Int[8, 40]
        from columns in Gen.Int[1, 3]
        from intercept in Gen.Bool
        from standardize in Gen.Bool
        from steepness in Gen.Double[0, 30]
        from seed in Gen.Int
        select Make(rows, columns, intercept, standardize, steepness, seed);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EndometrialEstimatesAgreeWithBrglm2(bool standardize)
    {
        var expected = ReferenceData.Json("firth.json");
        var data = Endometrial(standardize);

        var fit = data.Fit();
        var inference = data.Infer();

        fit.Converged.ShouldBeTrue();
        fit.Warnings.ShouldBeEmpty();
        fit.Dependent.ShouldBeEmpty();
        fit.GradientNorm.ShouldBeLessThan(1e-10);
        ParameterInference[] parameters = [inference.Intercept!, .. inference.Coefficients!];
        ShouldAgree([.. parameters.Select(p => p.Estimate)], expected.GetProperty("coefficients").Numbers(), 1e-9);
        ShouldAgree([.. parameters.Select(p => p.StandardError)], expected.GetProperty("standard_errors").Numbers(), 1e-9);
        inference.LogLikelihood.ShouldBe(expected.GetProperty("penalized_log_likelihood").GetDouble(), 1e-9);
        inference.Observations.ShouldBe(79);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EndometrialProfilesAgreeWithBrentsMethod(bool standardize)
    {
        var expected = ReferenceData.Json("firth-profile.json");

        var inference = Endometrial(standardize).Infer();

        inference.NullLogLikelihood.ShouldBe(expected.GetProperty("null_penalized_log_likelihood").GetDouble(), 1e-9);
        inference.LikelihoodRatio.ShouldBe(expected.GetProperty("likelihood_ratio").GetDouble(), 1e-9);
        inference.LikelihoodRatioPValue.ShouldBe(expected.GetProperty("likelihood_ratio_p").GetDouble(), 1e-12);
        ParameterInference[] parameters = [inference.Intercept!, .. inference.Coefficients!];
        ShouldAgree([.. parameters.Select(p => p.PValue)], expected.GetProperty("p_values").Numbers(), 1e-9);
        for (var j = 0; j < parameters.Length; j++)
        {
            ShouldAgree([parameters[j].ConfidenceLow, parameters[j].ConfidenceHigh], expected.GetProperty("profile_95")[j].Numbers(), 1e-7);
            parameters[j].Z.ShouldBe(parameters[j].Estimate / parameters[j].StandardError);
        }
    }

    [Fact]
    public void ASingleParameterHasTheEstimateOfHalfAnExtraEvent()
    {
        // For k events in n rows, Firth's estimate of a single intercept is log((k + ½)/(n − k + ½)) (Firth, 1993).
        var data = new Case(DesignMatrix.FromRows([1, 1, 1, 1, 1, 1, 1], 7, 1), [1, 1, 0, 0, 0, 0, 0], null, Intercept: false, Standardize: false);

        data.Fit().Parameters[0].ShouldBe(Math.Log(2.5 / 5.5), 1e-9);
        (data with { Labels = new double[7] }).Fit().Parameters[0].ShouldBe(Math.Log(0.5 / 7.5), 1e-9);
    }

    [Fact]
    public void TheFitIsFiniteAndItsGradientVanishes() => Cases.Sample(data =>
    {
        var fit = data.Fit();

        fit.Converged.ShouldBeTrue();
        fit.Parameters.ShouldAllBe(parameter => double.IsFinite(parameter));
        var kept = Enumerable.Range(0, fit.Parameters.Length).Select(j => !fit.Dependent.Contains(j)).ToArray();
        for (var j = 0; j < kept.Length; j++)
        {
            if (!kept[j])
                continue;
            double At(double shift)
            {
                var parameters = (double[])fit.Parameters.Clone();
                parameters[j] += shift;
                return new FirthLikelihood(data.Likelihood(), kept).Evaluate(parameters, Token);
            }
            ((At(1e-5) - At(-1e-5)) / 2e-5).ShouldBe(0, 1e-7);
        }
    }, iter: 100);

    [Fact]
    public void TheGradientAgreesWithFiniteDifferences() => Cases.Sample(data =>
    {
        var likelihood = data.Likelihood();
        var kept = FirthSolver.Independent(likelihood, Token);
        var firth = new FirthLikelihood(likelihood, kept);
        var (gradient, at) = (new double[kept.Length], kept.Select((_, j) => Math.Sin(j)).ToArray());
        firth.Evaluate(at, Token);
        firth.Differentiate(gradient, Token);
        for (var j = 0; j < kept.Length; j++)
        {
            if (!kept[j])
                continue;
            var (parameter, h) = (at[j], 1e-5);
            at[j] = parameter + h;
            var above = firth.Evaluate(at, Token);
            at[j] = parameter - h;
            gradient[j].ShouldBe((above - firth.Evaluate(at, Token)) / (2 * h), 1e-6);
            at[j] = parameter;
        }
    }, iter: 100);

    [Theory]
    [InlineData(null, 40)]
    // Profiles with two ridges, where rounding decided whether a climb left the lower one.
    [InlineData("dU6WoKPEqDN1", 1)]
    [InlineData("1rcLfV-TsxO8", 1)]
    public void UnitsDoNotMatter(string? seed, int cases) => Gen.Select(Cases, Units).Sample((data, unit) =>
    {
        var features = data.Features.Select([.. Enumerable.Range(0, data.Labels.Length)]);
        for (var i = 0; i < data.Labels.Length; i++)
            features.Row(i)[0] *= unit;

        var (inference, expected) = ((data with { Features = features }).Infer(), data.Infer());

        var (first, other) = (inference.Coefficients[0]!, expected.Coefficients[0]!);
        (first.Estimate * unit).ShouldBe(other.Estimate, 1e-6 * (1 + Math.Abs(other.Estimate)));
        (first.StandardError * unit).ShouldBe(other.StandardError, 1e-6 * (1 + other.StandardError));
        first.PValue.ShouldBe(other.PValue, 1e-6);
        (first.ConfidenceHigh * unit).ShouldBe(other.ConfidenceHigh, 1e-4 * (1 + Math.Abs(other.ConfidenceHigh)));
    }, seed: seed, iter: cases);

    [Fact]
    public void AtTheEndsOfAnIntervalThePValueIsOneMinusTheLevel() => Cases.Sample(data =>
    {
        const double level = 0.9;
        var column = data.Infer(level).Coefficients[0]!;

        double.IsFinite(column.ConfidenceLow).ShouldBeTrue();
        double.IsFinite(column.ConfidenceHigh).ShouldBeTrue();
        column.ConfidenceLow.ShouldBeLessThan(column.ConfidenceHigh);
        // If 0 is an end of a column's interval, the p-value is 1 − level; if 0 is outside, the p-value is smaller.
        (column.PValue < 1 - level).ShouldBe(column.ConfidenceLow > 0 || column.ConfidenceHigh < 0);
    }, iter: 60);

    [Fact]
    public void NoHigherRidgeExistsAtAnEnd()
    {
        // In some of these cases another ridge is higher at the end that is found along the ridge of the summit.
        const double quantile = 1.959963984540054;
        for (var seed = 0; seed < 150; seed++)
        {
            var data = Make(10 + seed % 30, 1 + seed % 3, intercept: true, standardize: false, steepness: seed % 30, seed);
            var fit = data.Fit();
            var likelihood = data.Likelihood();
            bool[] kept = [.. Enumerable.Range(0, fit.Parameters.Length).Select(j => !fit.Dependent.Contains(j))];
            var firth = new FirthLikelihood(likelihood, kept);
            var summit = firth.Evaluate(fit.Parameters, Token);
            var factor = new Cholesky(kept.Length);
            factor.Factorize(firth.Information, kept);
            var covariance = SymmetricInverse.Of(factor, kept.Length, Token);
            var profile = new FirthProfile(new FirthSolver(firth, 500, 1e-8), kept, fit.Parameters, summit);
            for (var j = 0; j < kept.Length; j++)
            {
                double[] constraint = [.. kept.Select((_, k) => k == j ? 1.0 : 0)];
                double[] tangent = [.. kept.Select((_, k) => covariance[j, k] / covariance[j, j])];
                foreach (var sign in new[] { -1, 1 })
                {
                    var end = profile.End(constraint, tangent, quantile, sign * Math.Sqrt(covariance[j, j]), Token);
                    var ratio = profile.RatioAt(end, constraint, tangent, Token).ShouldNotBeNull();
                    ratio.ShouldBeGreaterThan(quantile * quantile - 1e-6, $"seed {seed}, parameter {j}, end {end}");
                }
            }
        }
    }

    [Fact]
    public void WeightsCountAsRepeatedRows() => Cases.Sample(data =>
    {
        var weighted = data with { Weights = [.. data.Labels.Select((_, i) => (double)(i % 3))] };
        var rows = Enumerable.Range(0, data.Labels.Length).SelectMany(i => Enumerable.Repeat(i, i % 3)).ToArray();
        var repeated = data with { Features = data.Features.Select(rows), Labels = [.. rows.Select(i => data.Labels[i])] };

        var (inference, expected) = (weighted.Infer(), repeated.Infer());

        inference.LogLikelihood.ShouldBe(expected.LogLikelihood, 1e-8);
        inference.Bic.ShouldBe(expected.Bic, 1e-6);
        ShouldAgree([.. inference.Coefficients.Select(c => c?.Estimate ?? 0)], [.. expected.Coefficients.Select(c => c?.Estimate ?? 0)], 1e-7);
        ShouldAgree([.. inference.Coefficients.Select(c => c?.PValue ?? -1)], [.. expected.Coefficients.Select(c => c?.PValue ?? -1)], 1e-7);
    }, iter: 40);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ACollinearColumnKeepsItsStartAndHasNoInference(bool standardize)
    {
        var alone = Make(30, 1, intercept: true, standardize, steepness: 3, seed: 7);
        var rows = Enumerable.Range(0, 30).SelectMany(i => new[] { alone.Features.Row(i)[0], 3 - 2 * alone.Features.Row(i)[0] }).ToArray();
        var data = alone with { Features = DesignMatrix.FromRows(rows, 30, 2) };

        var inference = data.Infer();

        data.Fit().Dependent.ShouldBe([2]);
        inference.Coefficients.ShouldAllBe(coefficient => coefficient == null);
        inference.Intercept.ShouldBeNull();
        inference.LikelihoodRatioPValue.ShouldBe(alone.Infer().LikelihoodRatioPValue, 1e-9);
    }

    [Fact]
    public void AStartWhereEveryRowIsSaturatedStillFindsTheMaximum()
    {
        var data = Make(30, 2, intercept: true, standardize: false, steepness: 2, seed: 3);

        ShouldAgree(data.Fit(start: [0, 5000, -5000]).Parameters, data.Fit().Parameters, 1e-7);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void StorageAndThreadsDoNotMatter(int threads)
    {
        var (dense, _, sparse, labels) = RandomData.MakeSparse(300, 4, seed: 6);
        double[] Fit(FeatureMatrix features, int threads)
        {
            using var crew = new ThreadCrew(threads);
            var scaling = StandardScaling.Fit(features, null, crew, Token);
            return FirthSolver.Maximize(new LogLikelihood(DesignRows.Of(features, scaling, fitIntercept: true, crew), new RowLabels(labels, null)),
                new double[5], 100, Tolerance, FitJournal.ForOneCall(null), Token).Parameters;
        }

        Fit(dense, threads).ShouldBe(Fit(dense, 1));
        ShouldAgree(Fit(sparse, threads), Fit(dense, 1), 1e-9);
    }

    [Fact]
    public void EachIterationIsReportedAndRaisesTheLikelihood()
    {
        var reports = new List<FitProgress>();

        var fit = Endometrial(standardize: true).Fit(reports.Add);

        reports.Select(report => report.Iteration).ShouldBe(Enumerable.Range(0, fit.Iterations + 1));
        reports.Zip(reports.Skip(1)).ShouldAllBe(pair => pair.Second.Loss <= pair.First.Loss + 1e-12);
        reports[^1].Loss.ShouldBe(fit.Value);
    }

    [Fact]
    public void CancelingStopsTheFit()
    {
        using var cancellation = new CancellationTokenSource();
        var data = Endometrial(standardize: true);
        var reports = 0;

        Should.Throw<OperationCanceledException>(() => FirthSolver.Maximize(data.Likelihood(), new double[4], 500, Tolerance, FitJournal.ForOneCall(_ =>
        {
            reports++;
            cancellation.Cancel();
        }), cancellation.Token));

        reports.ShouldBe(1);
    }

    [Fact]
    public void TooFewIterationsGiveAWarning()
    {
        var fit = FirthSolver.Maximize(Endometrial(standardize: true).Likelihood(), new double[4], 2, Tolerance, FitJournal.ForOneCall(null), Token);

        fit.Converged.ShouldBeFalse();
        fit.Iterations.ShouldBe(2);
        fit.Warnings.ShouldHaveSingleItem().Code.ShouldBe("max_iterations_reached");
    }

    private static Case Endometrial(bool standardize)
    {
        var (features, labels) = ReferenceData.Csv("endometrial.csv");
        return new Case(features, labels, null, Intercept: true, standardize);
    }

    private static Case Make(int rows, int columns, bool intercept, bool standardize, double steepness, int seed)
    {
        var random = new Random(seed);
        var features = new DesignMatrix(rows, columns);
        var labels = new double[rows];
        for (var i = 0; i < rows; i++)
        {
            foreach (ref var x in features.Row(i))
                x = 2 * random.NextDouble() - 0.8;
            labels[i] = random.NextDouble() < 1 / (1 + Math.Exp(-steepness * (features.Row(i)[0] - 0.2))) ? 1 : 0;
        }
        return new Case(features, labels, null, intercept, standardize);
    }

    private static void ShouldAgree(double[] actual, double[] expected, double tolerance)
    {
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < expected.Length; i++)
            actual[i].ShouldBe(expected[i], tolerance * (1 + Math.Abs(expected[i])), $"value {i}");
    }
}
