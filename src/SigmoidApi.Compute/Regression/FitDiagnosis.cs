using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.LinearAlgebra;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Regression;

/// <summary>
/// Completes the fit that becomes the model: adds its inference, and warnings of separation, collinearity and constant columns. These are only for fits
/// without a penalty or with Firth's, because other penalties bias the estimates.
/// </summary>
/// <param name="options">What was fitted and how.</param>
/// <param name="fits">The fits of the data set.</param>
/// <param name="crew">The threads.</param>
internal sealed class FitDiagnosis(LogisticOptions options, PenalizedFits fits, ThreadCrew crew)
{
    /// <summary>A point as the model. A fit that was stopped gets warnings of collinear and constant columns, but no inference.</summary>
    public LogisticFit Of(FittedPoint point, bool isStopped, FitJournal journal, CancellationToken cancellationToken)
    {
        var fit = new Estimates(new LogLikelihood(fits.Rows, fits.Labels), point.Parameters, fits.RowScaling);
        if (options.Penalty is not (Penalty.None or Penalty.Firth))
            return point.Fit;
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

    private LogisticInference FirthInference(Estimates fit, IReadOnlyList<int> dependent, FitJournal journal, CancellationToken cancellationToken) =>
        InferenceComputation.ComputeFirth(fit.Likelihood, fit.Parameters, dependent, fit.Scaling, options.ConfidenceLevel, options.MaxIterations,
            options.EffectiveIntervals, journal, cancellationToken);

    /// <summary>Adds the warnings of an identification, which replace those of the solver about the same facts.</summary>
    private static LogisticFit With(LogisticFit fit, Identification identification)
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
    private LogisticFit OfWide(LogisticFit fit, Estimates estimates, CancellationToken cancellationToken)
    {
        if (!estimates.Likelihood.IsSeparatedBy(estimates.Parameters, cancellationToken))
            return fit;
        var columns = Enumerable.Range(0, fit.Model.Coefficients.Length).Except(fits.RowScaling?.ConstantColumns() ?? []);
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
        new LogisticObjective(rows, fits.Labels, penalty: 0).Hessian(new double[rows.Dimension], hessian, cancellationToken);
        var cholesky = new Cholesky(rows.Dimension);
        cholesky.Factorize(hessian);
        return [.. Enumerable.Range(0, rows.Dimension).Where(j => !cholesky.Kept[j])];
    }
}
