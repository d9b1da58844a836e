using CsCheck;
using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Compute.Solvers;
using SigmoidApi.Compute.Tests.Regression;

namespace SigmoidApi.Compute.Tests.Inference;

/// <summary>Which parameters of an unpenalised fit have figures, and which have none.</summary>
[Trait("Speed", "Slow")]
public class IdentificationTests
{
    private static readonly LogisticOptions Unpenalized = new() { Penalty = Penalty.None };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<Solver, bool> Cases => new(
        from solver in new[] { Solver.Newton, Solver.Lbfgs, Solver.CoordinateDescent }
        from standardize in new[] { true, false }
        select new TheoryDataRow<Solver, bool>(solver, standardize));

    [Theory]
    [MemberData(nameof(Cases))]
    public void ALevelWithOneClassHasNoFiguresAndTheOtherLevelsHaveThoseOfTheOtherRows(Solver solver, bool standardize)
    {
        // No row of role 3 has label 1, so that its coefficient is infinite; all others are finite.
        var staff = Staff(roleOfOneClass: 3);
        var options = Unpenalized with { Solver = solver, Standardize = standardize, Tolerance = 1e-10, MaxIterations = 300 };

        var fit = Fit(staff, options);

        fit.Convergence.Converged.ShouldBeFalse();
        var warning = fit.Convergence.Warnings.ShouldHaveSingleItem();
        warning.Code.ShouldBe("separation");
        warning.Message.ShouldContain("penalty: \"firth\"");
        ShouldName(warning, [4], intercept: false);
        ShouldBeThoseOf(fit.Inference!, staff.Without(3), [0, 1, 2, 3], solver == Solver.Newton ? 1e-8 : 1e-4);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void AReferenceLevelWithOneClassLeavesNoFiguresForTheInterceptAndTheOtherLevels(Solver solver, bool standardize)
    {
        // Role 0 has no column: the estimates of all roles are differences from its infinite estimate. Those of age and income are not.
        var staff = Staff(roleOfOneClass: 0);
        var options = Unpenalized with { Solver = solver, Standardize = standardize, Tolerance = 1e-10, MaxIterations = 300 };

        var fit = Fit(staff, options);

        var warning = fit.Convergence.Warnings.ShouldHaveSingleItem();
        ShouldName(warning, [2, 3, 4], intercept: true);
        fit.Inference!.Intercept.ShouldBeNull();
        ShouldBeThoseOf(fit.Inference!, staff.Without(0), [0, 1], solver == Solver.Newton ? 1e-8 : 1e-4);
        foreach (var (i, row) in fit.Inference!.Covariance.Index())
        {
            foreach (var (j, value) in row.Index())
                double.IsNaN(value).ShouldBe(i is 0 or > 2 || j is 0 or > 2);
        }
    }

    [Fact]
    public void TwoLevelsWithOneClassEachAreBothNamed()
    {
        var staff = Staff(roleOfOneClass: 1);
        staff = staff with { Labels = [.. staff.Labels.Select((label, i) => staff.Roles[i] == 2 ? 1 : label)] };

        var fit = Fit(staff, Unpenalized);

        var warning = fit.Convergence.Warnings.ShouldHaveSingleItem();
        ShouldName(warning, [2, 3], intercept: false);
        warning.SeparatingColumns.ShouldBe([2, 3]);
        ShouldBeThoseOf(fit.Inference!, staff.Without(1).Without(2), [0, 1, 4]);
    }

    [Fact]
    public void WithoutAMaximumThereIsNoLikelihoodRatioAndNoInformationCriterion()
    {
        var inference = Fit(Staff(roleOfOneClass: 3), Unpenalized).Inference!;

        new[] { inference.LikelihoodRatio, inference.LikelihoodRatioPValue, inference.Aic, inference.Bic }.ShouldAllBe(value => double.IsNaN(value));
        inference.LogLikelihood.ShouldBeInRange(inference.NullLogLikelihood, 0);
        inference.McFaddenR2.ShouldBeInRange(0, 1);
        inference.Observations.ShouldBe(400);
    }

    [Theory]
    [InlineData(CovarianceType.HC0)]
    [InlineData(CovarianceType.HC1)]
    [InlineData(CovarianceType.Cluster)]
    public void RobustErrorsAreThoseOfTheFitWithoutTheSeparatedRows(CovarianceType type)
    {
        var staff = Staff(roleOfOneClass: 3);
        var rest = staff.Without(3);
        LogisticOptions Options(Table table) => Unpenalized with
        {
            CovarianceType = type,
            Clusters = type == CovarianceType.Cluster ? [.. table.Numbers.Select(number => number % 40)] : null,
            SampleWeight = [.. table.Numbers.Select(number => 1.0 + number % 3)],
            Tolerance = 1e-11,
        };

        var inference = Fit(staff, Options(staff)).Inference!;

        var expected = Fit(rest with { Rows = [.. rest.Rows.Select(row => row[..4])] }, Options(rest)).Inference!;
        inference.Intercept!.StandardError.ShouldBe(expected.Intercept!.StandardError, 1e-8);
        for (var j = 0; j < 4; j++)
            inference.Coefficients[j]!.StandardError.ShouldBe(expected.Coefficients[j]!.StandardError, 1e-8);
    }

    [Fact]
    public void ACovarianceWithTooFewUnseparatedRowsIsRefusedWithTheReason()
    {
        var staff = Staff(roleOfOneClass: 3);

        var problem = Should.Throw<UntrainableDataException>(() =>
            Fit(staff, Unpenalized with { CovarianceType = CovarianceType.Cluster, Clusters = [.. staff.Roles.Select(role => role == 3 ? 1 : 2)] }));

        problem.Code.ShouldBe("too_few_clusters");
        problem.Message.ShouldContain("the columns separate");
    }

    [Fact]
    public void FoldsDoNotChangeTheFiguresOfTheModel()
    {
        var staff = Staff(roleOfOneClass: 3);

        var fit = Fit(staff, Unpenalized with { Folds = 3 });

        fit.Path!.Points.ShouldHaveSingleItem().Converged.ShouldBeFalse();
        ShouldName(fit.Convergence.Warnings.ShouldHaveSingleItem(), [4], intercept: false);
        ShouldBeThoseOf(fit.Inference!, staff.Without(3), [0, 1, 2, 3]);
    }

    [Fact]
    public void SeparationIsFoundWithTooManyColumnsForAMatrix()
    {
        // Six rows with two stored entries each.
        var sparse =
            new SparseMatrix([0, 2, 4, 6, 8, 10, 12], [0, 6001, 1, 6001, 2, 6001, 3, 6002, 4, 6002, 5, 6002], [1, 1, 2, 1, 3, 1, 4, 1, 5, 1, 6, 1], 6003);

        var fit = LogisticTrainer.Fit(sparse, [0, 1, 0, 1, 1, 0], Unpenalized, null, Token);

        fit.Convergence.Converged.ShouldBeFalse();
        fit.Convergence.Warnings.Select(warning => warning.Code).ShouldBe(["separation", "constant_column"]);
        fit.Inference.ShouldBeNull();
    }

    [Fact]
    public void AStoppedFitNamesCollinearColumnsAndHasNoFigures()
    {
        var staff = Staff(roleOfOneClass: null);
        var twice = staff with { Rows = [.. staff.Rows.Select(row => (double[])[.. row, 2 * row[0]])] };
        using var stop = new CancellationTokenSource();
        var control = new FitControl { Stop = stop.Token, Progress = _ => stop.Cancel() };

        var fit = LogisticTrainer.Train(DesignMatrix.FromRows([.. twice.Rows.SelectMany(row => row)], 400, 6), twice.Labels, Unpenalized, control, Token);

        fit.Inference.ShouldBeNull();
        fit.Convergence.Warnings.Select(warning => warning.Code).ShouldBe(["collinear_columns", "stopped"]);
        ShouldName(fit.Convergence.Warnings[0], [0, 5], intercept: false);
    }

    [Theory]
    [InlineData(Solver.Newton, 1)]
    [InlineData(Solver.Newton, 4)]
    [InlineData(Solver.Lbfgs, 1)]
    [InlineData(Solver.Lbfgs, 7)]
    [InlineData(Solver.CoordinateDescent, 2)]
    [InlineData(Solver.GradientDescent, 1)]
    [InlineData(Solver.GradientDescent, 200)]
    public void AFitThatRanOutOfIterationsHasNoFiguresForSeparatedParametersEither(Solver solver, int iterations)
    {
        var fit = Fit(Staff(roleOfOneClass: 3), Unpenalized with { Solver = solver, MaxIterations = iterations });

        fit.Convergence.Converged.ShouldBeFalse();
        fit.Convergence.Warnings[0].Code.ShouldBe("separation");
        fit.Convergence.Warnings[0].Columns.ShouldBe([4]);
        fit.Inference!.Coefficients.Select(coefficient => coefficient is null).ShouldBe([false, false, false, false, true]);
    }

    [Fact]
    public void SeparationIsFoundInSparseRowsWithLargeMeans()
    {
        // The last column is 1, except in some rows of one label, where it is 2. Standardised from its stored entries, the information of these rows is only
        // rounding at the end.
        var random = new Random(8);
        double[][] rows = [.. Enumerable.Range(0, 52).Select(i => new[] { random.Next(-16, 17) / 8.0, random.Next(-16, 17) / 8.0, i < 49 ? 1.0 : 2 })];
        double[] labels = [.. rows.Select((_, i) => i < 49 ? i % 2 : 0.0)];

        var fit = LogisticTrainer.Fit(Stored(DesignMatrix.FromRows([.. rows.SelectMany(row => row)], 52, 3), storage: 2), labels,
            Unpenalized with { Tolerance = 1e-10 }, null, Token);

        ShouldName(fit.Convergence.Warnings.ShouldHaveSingleItem(), [2], intercept: true);
        fit.Convergence.Converged.ShouldBeFalse();
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(3)]
    [InlineData(100)]
    public void SeparationIsFoundWithALooseTolerance(double tolerance)
    {
        var fit = Fit(Staff(roleOfOneClass: 0), Unpenalized with { Tolerance = tolerance });

        fit.Convergence.Converged.ShouldBeFalse();
        fit.Inference!.Intercept.ShouldBeNull();
        fit.Inference.Coefficients.Select(coefficient => coefficient is null).ShouldBe([false, false, true, true, true]);
    }

    [Fact]
    public void SeparationIsFoundInManyRowsFittedByParts()
    {
        var (features, labels) = RandomData.Make(60_000, 20, 3);
        // The last column is 1 only in some rows with label 1.
        for (var i = 0; i < features.Rows; i++)
            features.Row(i)[19] = labels[i] == 1 && i % 50 == 0 ? 1 : 0;

        var fit = LogisticTrainer.Fit(features, labels, Unpenalized, null, Token);

        var warning = fit.Convergence.Warnings.ShouldHaveSingleItem();
        ShouldName(warning, [19], intercept: false);
        fit.Inference!.Coefficients.Count(coefficient => coefficient is null).ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ARepeatedColumnIsNotIdentifiedAndDoesNotAffectTheOthers(bool standardize)
    {
        var staff = Staff(roleOfOneClass: null);
        var twice = staff with { Rows = [.. staff.Rows.Select(row => (double[])[.. row, 2 * row[0]])] };

        var fit = Fit(twice, Unpenalized with { Standardize = standardize, Tolerance = 1e-10 });

        fit.Convergence.Converged.ShouldBeTrue();
        var warning = fit.Convergence.Warnings.ShouldHaveSingleItem();
        warning.Code.ShouldBe("collinear_columns");
        ShouldName(warning, [0, 5], intercept: false);
        ShouldBeThoseOf(fit.Inference!, staff, [1, 2, 3, 4]);
        double.IsNaN(fit.Inference!.LikelihoodRatioPValue).ShouldBeFalse();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AConstantColumnAndTheInterceptAreNotIdentified(bool standardize)
    {
        var staff = Staff(roleOfOneClass: null);
        var constant = staff with { Rows = [.. staff.Rows.Select(row => (double[])[.. row, 80])] };

        var fit = Fit(constant, Unpenalized with { Standardize = standardize, Tolerance = 1e-10 });

        var warning = fit.Convergence.Warnings.ShouldHaveSingleItem();
        warning.Code.ShouldBe("constant_column");
        ShouldName(warning, [5], intercept: true);
        fit.Inference!.Intercept.ShouldBeNull();
        ShouldBeThoseOf(fit.Inference!, staff, [0, 1, 2, 3, 4]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AColumnOfZerosDoesNotAffectTheIntercept(bool standardize)
    {
        var staff = Staff(roleOfOneClass: null);
        var zeros = staff with { Rows = [.. staff.Rows.Select(row => (double[])[.. row, 0])] };

        var fit = Fit(zeros, Unpenalized with { Standardize = standardize, Tolerance = 1e-10 });

        fit.Convergence.Warnings.ShouldHaveSingleItem().Intercept.ShouldBeFalse();
        ShouldBeThoseOf(fit.Inference!, staff, [0, 1, 2, 3, 4]);
        fit.Inference!.Intercept.ShouldNotBeNull();
        fit.Inference.Coefficients[5].ShouldBeNull();
    }

    [Fact]
    public void AllLevelsTogetherWithAnInterceptAreNotIdentified()
    {
        var staff = Staff(roleOfOneClass: null);
        var all = staff with { Rows = [.. staff.Rows.Select((row, i) => (double[])[.. row, staff.Roles[i] == 0 ? 1 : 0])] };

        var fit = Fit(all, Unpenalized with { Tolerance = 1e-10 });

        var warning = fit.Convergence.Warnings.ShouldHaveSingleItem();
        ShouldName(warning, [2, 3, 4, 5], intercept: true);
        ShouldBeThoseOf(fit.Inference!, staff, [0, 1]);
    }

    [Theory]
    [InlineData(true, 1e6)]
    [InlineData(false, 1e6)]
    [InlineData(false, 1.7e9)]
    [InlineData(true, 1.7e12)]
    [InlineData(false, 1.7e12)]
    public void AColumnFarFromZeroIsIdentifiedLikeAnyOther(bool standardize, double far)
    {
        // Without standardising, 1 − R² of such numbers on the intercept is too small for float64 to distinguish from 0.
        var staff = Staff(roleOfOneClass: 3);
        var shifted = staff with { Rows = [.. staff.Rows.Select(row => (double[])[row[0] + far, .. row[1..]])] };

        var fit = Fit(shifted, Unpenalized with { Standardize = standardize, Tolerance = 1e-10 });

        fit.Convergence.Warnings.ShouldHaveSingleItem().Columns.ShouldBe([4]);
        fit.Inference!.Intercept.ShouldNotBeNull();
        var expected = Reference(staff.Without(3), [0, 1, 2, 3]);
        fit.Inference.Coefficients[0]!.StandardError.ShouldBe(expected[1].Error, 1e-8 * expected[1].Error);
        var firth = Unpenalized with { Penalty = Penalty.Firth, Standardize = standardize };
        Fit(shifted, firth).Inference!.Coefficients[0]!.ConfidenceLow.ShouldBe(Fit(staff, firth).Inference!.Coefficients[0]!.ConfidenceLow, 1e-7);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void RowsOfZerosWithoutAnInterceptDoNotHideSeparation(Solver solver, bool standardize)
    {
        // Their margin is 0 in every direction, so that marking them as at rest removes no direction.
        double[] values = [3, 3, 9, 0, 5, 0, 5, 0];
        double[] labels = [1, 1, 1, 1, 1, 0, 1, 0];

        var fit = LogisticTrainer.Fit(DesignMatrix.FromRows(values, 8, 1), labels,
            Unpenalized with { Solver = solver, Standardize = standardize, FitIntercept = false }, null, Token);

        ShouldName(fit.Convergence.Warnings.ShouldHaveSingleItem(), [0], intercept: false);
        fit.Convergence.Converged.ShouldBeFalse();
        fit.Inference!.Coefficients.ShouldBe([null]);
    }

    /// <summary>
    /// Data whose separated and collinear columns are known by construction. The base has rows of both labels at each point, so that it can't be separated.
    /// For each separating column, rows of one label are added on which this column is 1. These columns are then mixed with some of the others, and columns
    /// are added that are combinations of others.
    /// </summary>
    private sealed record Planted(
        double[][] Base, double[] BaseLabels, double[] BaseWeights, double[][] Rows, double[] Labels, double[] Weights, bool[] Identified, bool Separated,
        bool Collinear);

    private static readonly Gen<(Planted Data, LogisticOptions Options, int Storage)> Plans =
        from columns in Gen.Int[1, 4]
        from separating in Gen.Int[0, 3]
        from collinear in Gen.Int[0, 2]
        from intercept in Gen.Bool
        from standardize in Gen.Bool
        from solver in Gen.Int[0, 9].Select(which => which switch { 0 => Solver.Lbfgs, 1 => Solver.CoordinateDescent, _ => Solver.Newton })
        from storage in Gen.Int[0, 2]
        from seed in Gen.Int
        select (Plant(columns, separating, collinear, intercept, new Random(seed)),
            Unpenalized with { FitIntercept = intercept, Standardize = standardize, Solver = solver, Tolerance = 1e-10, MaxIterations = 300 }, storage);

    [Fact]
    public void ExactlyTheIdentifiedParametersHaveFiguresAndTheseAgreeWithTheReducedFit()
    {
        var (separated, collinear, plain) = (0, 0, 0);
        Plans.Sample(plan =>
        {
            var (data, options, storage) = plan;
            var lead = options.FitIntercept ? 1 : 0;
            var features = DesignMatrix.FromRows([.. data.Rows.SelectMany(row => row)], data.Rows.Length, data.Rows[0].Length);

            var fit = LogisticTrainer.Fit(Stored(features, storage), data.Labels, options with { SampleWeight = data.Weights }, null, Token);

            ParameterInference?[] stated =
                [.. options.FitIntercept ? [fit.Inference!.Intercept] : Array.Empty<ParameterInference?>(), .. fit.Inference!.Coefficients];
            stated.Select(parameter => parameter is not null).ShouldBe(data.Identified);
            var codes = fit.Convergence.Warnings.Select(warning => warning.Code).ToArray();
            codes.Contains("separation").ShouldBe(data.Separated);
            codes.Contains("collinear_columns").ShouldBe(data.Collinear);
            fit.Convergence.Converged.ShouldBe(!data.Separated);
            var named = fit.Convergence.Warnings.SelectMany(warning => warning.Columns).ToHashSet();
            for (var j = lead; j < stated.Length; j++)
                named.Contains(j - lead).ShouldBe(!data.Identified[j]);
            if (options.FitIntercept)
                fit.Convergence.Warnings.Any(warning => warning.Intercept).ShouldBe(!data.Identified[0]);
            var (estimates, covariance) = PlainNewton.Fit(
                options.FitIntercept ? [.. data.Base.Select(row => (double[])[1, .. row])] : data.Base, data.BaseLabels, data.BaseWeights);
            var isNewton = options.Solver == Solver.Newton;
            for (var j = 0; j < estimates.Length && (isNewton || !codes.Contains("max_iterations_reached")); j++)
            {
                if (stated[j] is not { } parameter)
                    continue;
                // If separated rows keep a solver without a Hessian from converging, it gets less close.
                var error = Math.Sqrt(covariance[j][j]);
                parameter.StandardError.ShouldBe(error, (isNewton ? 1e-8 : 1e-4) * error);
                parameter.Estimate.ShouldBe(estimates[j], (isNewton ? 1e-7 : 1e-3) * error);
            }
            Interlocked.Increment(ref data.Separated ? ref separated : ref data.Collinear ? ref collinear : ref plain);
        }, iter: 200);
        // Each kind occurred; the rarest is one in twelve.
        new[] { separated, collinear, plain }.ShouldAllBe(count => count > 0);
    }

    private static Planted Plant(int columns, int separating, int collinear, bool intercept, Random random)
    {
        // Eighths are exact in every storage.
        double[] Draw() => [.. Enumerable.Range(0, columns).Select(_ => random.Next(-16, 17) / 8.0)];
        var places = Enumerable.Range(0, 12 + 4 * columns).Select(_ => Draw()).ToArray();
        double[][] rest = [.. places, .. places];
        double[] restLabels = [.. places.Select(_ => 0.0), .. places.Select(_ => 1.0)];
        double[] restWeights = [.. rest.Select(_ => (double)random.Next(1, 4))];
        var (rows, labels, weights) = (rest.Select(row => row.ToList()).ToList(), restLabels.ToList(), restWeights.ToList());
        var lead = intercept ? 1 : 0;
        List<bool> identified = [.. Enumerable.Repeat(true, lead + columns + separating)];
        for (var k = 0; k < separating; k++)
        {
            var label = random.Next(2);
            foreach (var row in rows)
                row.Add(0);
            for (var own = random.Next(1, 4); own > 0; own--)
            {
                rows.Add([.. Draw(), .. Enumerable.Range(0, k + 1).Select(of => of == k ? 1.0 : 0)]);
                labels.Add(label);
                weights.Add(random.Next(1, 4));
            }
        }
        for (var k = 0; k < separating; k++)
        {
            var (column, with, factor) = (columns + k, random.Next(-1, columns), random.Next(1, 3));
            var offset = intercept && random.Next(3) == 0 ? 1.0 : 0;
            foreach (var row in rows)
                row[column] += offset + (with < 0 ? 0 : factor * row[with]);
            identified[lead + column] = false;
            if (with >= 0)
                identified[lead + with] = false;
            if (offset != 0)
                identified[0] = false;
        }
        for (var k = 0; k < collinear; k++)
        {
            var (of, shift) = (random.Next(columns), intercept && random.Next(3) == 0 ? 1.0 : 0);
            foreach (var row in rows)
                row.Add(2 * row[of] + shift);
            identified.Add(false);
            identified[lead + of] = false;
            if (shift != 0)
                identified[0] = false;
        }
        // A row of weight 0 is ignored, whatever its values.
        rows.Add([.. rows[0].Select(_ => 3.0)]);
        labels.Add(1);
        weights.Add(0);
        return new Planted(rest, restLabels, restWeights, [.. rows.Select(row => row.ToArray())], [.. labels], [.. weights], [.. identified], separating > 0,
            collinear > 0);
    }

    private static FeatureMatrix Stored(DesignMatrix features, int storage)
    {
        var single = new SingleMatrix(features.Rows, features.Columns);
        var (starts, indices, values) = (new long[features.Rows + 1], new List<int>(), new List<double>());
        for (var i = 0; i < features.Rows; i++)
        {
            for (var j = 0; j < features.Columns; j++)
            {
                single.Row(i)[j] = (float)features.Row(i)[j];
                if (features.Row(i)[j] != 0)
                {
                    indices.Add(j);
                    values.Add(features.Row(i)[j]);
                }
            }
            starts[i + 1] = indices.Count;
        }
        return storage switch { 0 => features, 1 => single, _ => new SparseMatrix(starts, [.. indices], [.. values], features.Columns) };
    }

    /// <param name="Rows">Age, income, and a column for each role except the first.</param>
    /// <param name="Numbers">The numbers of the rows in the whole table.</param>
    private sealed record Table(double[][] Rows, double[] Labels, int[] Roles, int[] Numbers)
    {
        public Table Without(int role)
        {
            int[] kept = [.. Enumerable.Range(0, Rows.Length).Where(i => Roles[i] != role)];
            return new([.. kept.Select(i => Rows[i])], [.. kept.Select(i => Labels[i])], [.. kept.Select(i => Roles[i])], [.. kept.Select(i => Numbers[i])]);
        }
    }

    private static Table Staff(int? roleOfOneClass)
    {
        var random = new Random(11);
        var (rows, labels, roles) = (new double[400][], new double[400], new int[400]);
        for (var i = 0; i < rows.Length; i++)
        {
            var (age, income) = (random.Next(20, 60), random.Next(1000, 9000) / 1000.0);
            roles[i] = random.Next(20) == 0 ? 3 : random.Next(3);
            rows[i] = [age, income, .. Enumerable.Range(1, 3).Select(role => role == roles[i] ? 1.0 : 0)];
            labels[i] = roles[i] == roleOfOneClass ? 0 : random.NextDouble() < 1 / (1 + Math.Exp(0.05 * (age - 35) + 0.3 * (income - 5) - 0.4 * roles[i]))
                ? 1 : 0;
        }
        return new Table(rows, labels, roles, [.. Enumerable.Range(0, rows.Length)]);
    }

    private static void ShouldName(ConvergenceWarning warning, int[] columns, bool intercept)
    {
        warning.Columns.ShouldBe(columns);
        warning.Intercept.ShouldBe(intercept);
    }

    private static LogisticFit Fit(Table table, LogisticOptions options) =>
        LogisticTrainer.Fit(DesignMatrix.FromRows([.. table.Rows.SelectMany(row => row)], table.Rows.Length, table.Rows[0].Length), table.Labels, options, null,
            Token);

    /// <summary>The intercept first, then these columns.</summary>
    private static (double Estimate, double Error)[] Reference(Table table, int[] columns)
    {
        var (estimates, covariance) = PlainNewton.Fit(
            [.. table.Rows.Select(row => (double[])[1, .. columns.Select(column => row[column])])], table.Labels, [.. table.Labels.Select(_ => 1.0)]);
        return [.. estimates.Select((estimate, j) => (estimate, Math.Sqrt(covariance[j][j])))];
    }

    /// <summary>
    /// Checks that exactly these columns have figures and that they are those of the reference; those of the intercept too, unless it has none.
    /// </summary>
    private static void ShouldBeThoseOf(LogisticInference inference, Table reference, int[] columns, double tolerance = 1e-8)
    {
        // If the reference level is missing, the next level takes its place.
        var roles = reference.Roles.Distinct().Order().ToArray();
        int[] fitted = [0, 1, .. roles.Skip(1).Select(role => role + 1)];
        var expected = Reference(reference, fitted);
        inference.Coefficients.Select((coefficient, j) => coefficient is not null ? j : -1).Where(j => j >= 0).ShouldBe(columns);
        foreach (var column in columns)
            ShouldBe(inference.Coefficients[column]!, expected[1 + Array.IndexOf(fitted, column)], tolerance);
        if (inference.Intercept is { } intercept)
            ShouldBe(intercept, expected[0], tolerance);
    }

    private static void ShouldBe(ParameterInference parameter, (double Estimate, double Error) expected, double tolerance)
    {
        parameter.Estimate.ShouldBe(expected.Estimate, 10 * tolerance * expected.Error);
        parameter.StandardError.ShouldBe(expected.Error, tolerance * expected.Error);
        parameter.Z.ShouldBe(expected.Estimate / expected.Error, 100 * tolerance);
    }
}
