using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Losses;
using SigmoidApi.Compute.Objectives;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Regression;

/// <summary>
/// Completes an unpenalised softmax fit: adds its inference, and warnings of separation, collinearity and constant columns. Columns are collinear for all
/// classes or for none.
/// </summary>
/// <param name="options">What was fitted and how.</param>
/// <param name="target">The classes.</param>
/// <param name="fits">The fits of the data set.</param>
/// <param name="scaling">The scaling of the columns.</param>
internal sealed class MultinomialDiagnosis(LogisticOptions options, Target target, PenalizedFits fits, StandardScaling scaling)
{
    /// <summary>The most pairs of classes that a message names.</summary>
    private const int MostPairs = 5;

    /// <param name="point">Where the fit ended.</param>
    /// <param name="dependent">The places in a vector of parameters that others determine, on standardised rows.</param>
    /// <param name="rows">Standardised rows.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public ModelFit Of(FittedPoint point, IReadOnlyList<int> dependent, DesignRows rows, CancellationToken cancellationToken)
    {
        var labels = fits.Labels;
        var parameters = fits.RowScaling is not null
            ? point.Parameters
            : LinearModel.Of(point.Parameters, labels.Outputs, options.FitIntercept).ToStandardized(scaling).Parameters(options.FitIntercept);
        // Rank and its warnings concern the columns alone, so that those of two classes serve.
        var columns = new LogLikelihood(rows, new RowLabels(new double[labels.Values.Length], labels.Weights));
        var rank = Identification.OfRank(new Estimates(columns, new double[rows.Dimension], scaling), dependent, cancellationToken);
        var computation = new MultinomialComputation(rows, labels, parameters, scaling, rank.Independent);
        var isSuspect = computation.AllowsSeparation(cancellationToken) || point.Fit.Convergence.Warnings.Any(warning => warning.IsSeparation);
        var warnings = rank.Warnings.ToList();
        var isUnbounded = false;
        if (isSuspect)
        {
            var separation = ClassSeparation.Suits(rows, labels) ? ClassSeparation.Find(rows, labels, parameters, cancellationToken) : null;
            isUnbounded = separation is not null || !computation.IsFullRank || point.Fit.Convergence.Warnings.Any(warning => warning.IsSeparation);
            if (isUnbounded)
                warnings.Add(separation is null ? ConvergenceWarning.WithoutMaximum() : WarningOf(separation, rows.Dimension));
        }
        var convergence = point.Fit.Convergence;
        var ofEnd = convergence.Warnings.Where(warning => !warning.IsConstantColumns && !(isUnbounded && (warning.IsSeparation || warning.IsShortOfOptimum)));
        return point.Fit with
        {
            Convergence = convergence with { Converged = convergence.Converged && !isUnbounded, Warnings = [.. warnings, .. ofEnd] },
            MultinomialInference = computation.Compute(
                isUnbounded ? new bool[rank.Identified.Length] : rank.Identified, isUnbounded, options.ConfidenceLevel,
                options.EffectiveIntervals != ConfidenceIntervals.None, options.CovarianceType, options.Clusters, cancellationToken),
        };
    }

    private ConvergenceWarning WarningOf(ClassSeparation separation, int dimension)
    {
        var lead = options.FitIntercept ? 1 : 0;
        int[] ColumnsOf(IReadOnlyList<int> parameters) => [.. parameters.Select(j => j % dimension - lead).Where(j => j >= 0).Distinct().Order()];
        var pairs = separation.Pairs.Take(MostPairs).Select(pair => $"{target.Names[pair.First]} and {target.Names[pair.Second]}").ToList();
        if (separation.Pairs.Count - MostPairs is > 0 and var more)
            pairs.Add(more == 1 ? "1 more pair of classes" : $"{more} more pairs of classes");
        return ConvergenceWarning.ClassSeparation(
            separation.Complete, pairs, [.. separation.Pairs.SelectMany(pair => (int[])[pair.First, pair.Second]).Distinct().Order()],
            ColumnsOf(separation.Infinite), lead == 1 && separation.Infinite.Any(j => j % dimension == 0), ColumnsOf(separation.Separating));
    }
}
