using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Tests.Solvers;

/// <summary>Without a penalty there may be many optima or none. With every solver a warning names the columns that cause it.</summary>
[Trait("Speed", "Slow")]
public class UnpenalizedFitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<Solver, bool> Cases => new(
        from solver in new[] { Solver.Newton, Solver.Lbfgs, Solver.CoordinateDescent }
        from standardize in new[] { true, false }
        select new TheoryDataRow<Solver, bool>(solver, standardize));

    [Theory]
    [MemberData(nameof(Cases))]
    public void SeparationNamesItsColumn(Solver solver, bool standardize)
    {
        // Column 1 separates; column 0 overlaps.
        var features = DesignMatrix.FromRows([3, 1, 1, 2, 4, 3, 2, 4, 1, 15, 5, 16, 2, 17, 3, 18], 8, 2);

        var fit = Fit(features, [0, 0, 0, 0, 1, 1, 1, 1], new LogisticOptions { Penalty = Penalty.None, Solver = solver, Standardize = standardize });

        fit.Convergence.Converged.ShouldBeFalse();
        var warning = fit.Convergence.Warnings.ShouldHaveSingleItem();
        warning.Code.ShouldBe("separation");
        warning.SeparatingColumns.ShouldBe([1]);
        warning.Columns.ShouldBe([0, 1]);
        warning.Intercept.ShouldBeTrue();
        fit.Model.Coefficients.ToArray().ShouldAllBe(coefficient => double.IsFinite(coefficient));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void CollinearColumnsAreNamedAndTheOthersGetTheirInference(Solver solver, bool standardize)
    {
        var (three, labels) = RandomData.Make(60, 3, 3);
        var four = new DesignMatrix(60, 4);
        for (var i = 0; i < 60; i++)
            ((double[])[.. three.Row(i), three.Row(i)[0] - 2 * three.Row(i)[1]]).CopyTo(four.Row(i));
        var options = new LogisticOptions { Penalty = Penalty.None, Solver = solver, Standardize = standardize, Tolerance = 1e-10 };

        var fit = Fit(four, labels, options);

        fit.Convergence.Converged.ShouldBeTrue();
        var warning = fit.Convergence.Warnings.ShouldHaveSingleItem();
        warning.Code.ShouldBe("collinear_columns");
        warning.Columns.ShouldBe([0, 1, 3]);
        warning.Intercept.ShouldBeFalse();
        var inference = fit.Inference.ShouldNotBeNull();
        var expected = Fit(three, labels, options).Inference!;
        inference.LogLikelihood.ShouldBe(expected.LogLikelihood, 1e-9);
        inference.LikelihoodRatioPValue.ShouldBe(expected.LikelihoodRatioPValue, 1e-9);
        inference.Coefficients.Select(coefficient => coefficient is null).ShouldBe([true, true, false, true]);
        inference.Coefficients[2]!.StandardError.ShouldBe(expected.Coefficients[2]!.StandardError, 1e-8);
        inference.Intercept!.StandardError.ShouldBe(expected.Intercept!.StandardError, 1e-8);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-3)]
    public void ANearlyDependentColumnIsFittedWithExactHessians(double noise)
    {
        var (features, labels) = RandomData.Make(60_000, 20, 3);
        for (var i = 0; i < features.Rows; i++)
        {
            var row = features.Row(i);
            row[19] = row[2] - 0.5 * row[7] + noise * row[19];
        }
        var options = new LogisticOptions { Penalty = Penalty.None, Standardize = false };

        var fit = Fit(features, labels, options with { Solver = Solver.Newton });

        fit.Convergence.Converged.ShouldBeTrue();
        fit.Convergence.Warnings.Select(warning => warning.Code).ShouldBe(noise == 0 ? ["collinear_columns"] : []);
        var other = Fit(features, labels, options with { Solver = Solver.Lbfgs, Tolerance = 1e-6, MaxIterations = 5000 });
        fit.Convergence.Objective.ShouldBe(other.Convergence.Objective, 1e-3);
        if (noise == 0)
            fit.Convergence.Warnings[0].Columns.ShouldBe([2, 7, 19]);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void AllSolversGiveTheSameInference(Solver solver, bool standardize)
    {
        var (features, labels) = RandomData.Make(200, 4, 9);
        var options = new LogisticOptions { Penalty = Penalty.None, Standardize = standardize, Tolerance = 1e-11 };

        var inference = Fit(features, labels, options with { Solver = solver }).Inference!;

        var expected = Fit(features, labels, options with { Solver = Solver.Newton, Standardize = true }).Inference!;
        inference.LogLikelihood.ShouldBe(expected.LogLikelihood, 1e-10);
        for (var j = 0; j < 4; j++)
        {
            inference.Coefficients[j]!.StandardError.ShouldBe(expected.Coefficients[j]!.StandardError, 1e-7);
            inference.Coefficients[j]!.PValue.ShouldBe(expected.Coefficients[j]!.PValue, 1e-7);
        }
    }

    private static LogisticFit Fit(DesignMatrix features, double[] labels, LogisticOptions options) =>
        LogisticTrainer.Fit(features, labels, options, null, Token);
}
