using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Regression;

/// <summary>
/// Completes the fit that becomes the model: adds its inference, and warnings of separation, collinearity and constant columns. These are only for fits
/// without a penalty or with Firth's, because other penalties bias the estimates.
/// </summary>
/// <param name="options">What was fitted and how.</param>
/// <param name="target">The classes.</param>
/// <param name="fits">The fits of the data set.</param>
/// <param name="crew">The threads.</param>
internal sealed class FitDiagnosis(LogisticOptions options, Target target, PenalizedFits fits, ThreadCrew crew)
{
    /// <summary>A point as the model. A fit that was stopped gets warnings of collinear and constant columns, but no inference.</summary>
    public ModelFit Of(FittedPoint point, bool isStopped, FitJournal journal, CancellationToken cancellationToken)
    {
        if (!target.IsBinary)
            return OfClasses(point, isStopped, cancellationToken);
        if (options.Penalty is not (Penalty.None or Penalty.Firth))
            return point.Fit;
        var fit = new Estimates(new LogLikelihood(fits.Rows, fits.Labels), point.Parameters, fits.RowScaling);
        if (fits.Rows.Dimension > NewtonSolver.MaxDimension)
            return isStopped || options.Penalty == Penalty.Firth ? point.Fit : OfWide(point.Fit, fit, cancellationToken);
        if (isStopped || options.Penalty == Penalty.Firth)
        {
            var identification = Identification.OfRank(fit, point.Dependent, cancellationToken);
            return With(point.Fit, identification) with
            {
                Inference = isStopped ? null : FirthInference(fit, point.Dependent, journal, cancellationToken),
            };
        }
        // Dependent columns and separation are found best on standardised rows, where no column has a mean much larger than its deviation.
        if (fits.RowScaling is null)
            fit = OnStandardized(fit, cancellationToken);
        // Newton's method has already found the dependent parameters.
        var dependent = point.Fit.Convergence.Solver == Solver.Newton ? point.Dependent : Dependent(fit.Likelihood.Rows, cancellationToken);
        var unpenalized = Identification.Of(fit, dependent, point.Fit.Convergence, cancellationToken);
        return With(point.Fit, unpenalized) with
        {
            Inference = InferenceComputation
                .Compute(fit, unpenalized, options.ConfidenceLevel, options.CovarianceType, options.Clusters, cancellationToken)
                .With(options.EffectiveIntervals),
        };
    }

    /// <summary>
    /// Without a penalty a softmax fit gets its inference, and each fit of one-vs-rest its warnings, if there are not too many parameters for a matrix.
    /// </summary>
    private ModelFit OfClasses(FittedPoint point, bool isStopped, CancellationToken cancellationToken)
    {
        if (isStopped || options.Penalty != Penalty.None || point.Parameters.Length > NewtonSolver.MaxDimension)
            return point.Fit;
        var scaling = fits.Scaling(crew, cancellationToken);
        var rows = fits.RowScaling is null ? DesignRows.Of(fits.Design.Features, scaling, options.FitIntercept, crew) : fits.Rows;
        var dependent = Dependent(rows, cancellationToken);
        return target.IsOneVsRest
            ? OfEachClass(point, rows, scaling, dependent, cancellationToken)
            : new MultinomialDiagnosis(options, target, fits, scaling).Of(point, dependent, rows, cancellationToken);
    }

    private ModelFit OfEachClass(FittedPoint point, DesignRows rows, StandardScaling scaling, int[] dependent, CancellationToken cancellationToken)
    {
        var (fit, model) = (point.Fit, point.Fit.Standardized ?? point.Fit.Model.ToStandardized(scaling));
        for (var k = 0; k < target.Classes; k++)
        {
            var ofClass = new LinearModel([model.Intercepts[k]], [model.Coefficients[k]]).Parameters(options.FitIntercept);
            double[] labels = [.. target.Values.Select(value => value == k ? 1.0 : 0)];
            var likelihood = new LogLikelihood(rows, new RowLabels(labels, fits.LabelsOf(k).Weights));
            var others = fit.Convergence.Warnings.Where(warning => !warning.Classes.Contains(k) && (k > 0 || !warning.IsConstantColumns));
            ConvergenceWarning[] own = [.. fit.Convergence.Warnings.Where(warning => warning.Classes.Contains(k))];
            var end = fit with { Convergence = fit.Convergence with { Warnings = own } };
            var diagnosed = With(end, Identification.Of(new Estimates(likelihood, ofClass, scaling), dependent, end.Convergence, cancellationToken));
            // Constant and collinear columns are the same for all classes.
            var found = diagnosed.Convergence.Warnings.Where(warning => warning.IsSeparation || k == 0 || warning.Classes.Count > 0)
                .Select(warning => warning.IsSeparation && warning.Classes.Count == 0 ? warning.OfClass(k, target.Names[k]) : warning);
            fit = diagnosed with { Convergence = diagnosed.Convergence with { Warnings = [.. others, .. found] } };
        }
        return fit;
    }

    private LogisticInference FirthInference(Estimates fit, IReadOnlyList<int> dependent, FitJournal journal, CancellationToken cancellationToken) =>
        InferenceComputation.ComputeFirth(fit.Likelihood, fit.Parameters, dependent, fit.Scaling, options.ConfidenceLevel, options.MaxIterations,
            options.EffectiveIntervals, journal, cancellationToken);

    /// <summary>Adds the warnings of an identification, which replace those of the solver about the same facts.</summary>
    private static ModelFit With(ModelFit fit, Identification identification)
    {
        var convergence = fit.Convergence;
        // Without a maximum no solver can converge, so its warning of that adds nothing.
        var ofEnd = convergence.Warnings.Where(warning => !warning.IsConstantColumns
            && !(identification.IsUnbounded && (warning.IsSeparation || (warning.IsShortOfOptimum && identification.IsClose))));
        return fit with
        {
            Convergence = convergence with
            {
                Converged = convergence.Converged && !identification.IsUnbounded,
                Warnings = [.. identification.Warnings, .. ofEnd],
            },
        };
    }

    /// <summary>With too many parameters for a matrix, separation is recognised only if the estimates themselves separate all rows.</summary>
    private ModelFit OfWide(ModelFit fit, Estimates estimates, CancellationToken cancellationToken)
    {
        if (!estimates.Likelihood.IsSeparatedBy(estimates.Parameters, cancellationToken))
            return fit;
        var columns = Enumerable.Range(0, fit.Model.Columns).Except(fits.RowScaling?.ConstantColumns() ?? []);
        return fit with
        {
            Convergence = fit.Convergence with
            {
                Converged = false,
                Warnings =
                [
                    ConvergenceWarning.Separation(new Separation(Complete: true, [], [.. columns], options.FitIntercept, estimates.Likelihood)),
                    .. fit.Convergence.Warnings.Where(warning => !warning.IsShortOfOptimum),
                ],
            },
        };
    }

    /// <summary>The same estimates for standardised rows.</summary>
    private Estimates OnStandardized(Estimates fit, CancellationToken cancellationToken)
    {
        var scaling = fits.Scaling(crew, cancellationToken);
        var lead = options.FitIntercept ? 1 : 0;
        var (intercept, coefficients) = scaling.ToStandardized(lead == 1 ? fit.Parameters[0] : 0, fit.Parameters.AsSpan(lead));
        var rows = DesignRows.Of(fits.Design.Features, scaling, options.FitIntercept, crew);
        return new Estimates(fit.Likelihood.On(rows), lead == 1 ? [intercept, .. coefficients] : coefficients, scaling);
    }

    /// <summary>The parameters that others determine, from the Hessian at 0, where all rows weigh the same.</summary>
    private int[] Dependent(DesignRows rows, CancellationToken cancellationToken)
    {
        var hessian = new SymmetricMatrix(rows.Dimension);
        // At 0 the labels do not matter.
        var labels = new RowLabels(fits.Labels.Values, fits.Labels.Weights);
        new LogisticObjective(rows, labels, penalty: 0).Hessian(new double[rows.Dimension], hessian, cancellationToken);
        var cholesky = new Cholesky(rows.Dimension);
        cholesky.Factorize(hessian);
        return [.. Enumerable.Range(0, rows.Dimension).Where(j => !cholesky.Kept[j])];
    }
}
