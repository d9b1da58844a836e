using SigmoidApi.Compute.Inference;
using SigmoidApi.Compute.Solvers;

namespace SigmoidApi.Compute.Regression;

/// <summary>A fit for any number of classes, from which the public results are made.</summary>
/// <param name="Model">In the columns' original units.</param>
/// <param name="Convergence">How the fit ended.</param>
internal sealed record ModelFit(LinearModel Model, Convergence Convergence)
{
    /// <summary>Null unless several values of C or l1Ratio, or folds, were requested.</summary>
    public FittedPath? Path { get; init; }

    /// <summary>For two classes without a penalty or with Firth's; otherwise null.</summary>
    public LogisticInference? Inference { get; init; }

    /// <summary>For more classes without a penalty; otherwise null.</summary>
    public MultinomialInference? MultinomialInference { get; init; }

    /// <summary>For standardised columns; null if the fit was not on standardised columns.</summary>
    public LinearModel? Standardized { get; init; }

    /// <summary>The result for two classes.</summary>
    public LogisticFit ToLogistic() => new(ToLogistic(Model), Convergence)
    {
        Path = Path is null
            ? null
            : new RegularizationPath([.. Path.Points.Select((at, i) => new PathPoint(at.Point.C, at.Point.L1Ratio, ToLogistic(at.Point.Fit.Model),
                at.Point.Fit.Convergence.Objective, at.Point.Fit.Model.NonZero, at.Point.Fit.Convergence.Iterations, at.Converged, at.Score))],
                Path.Selected, Path.Rule),
        Inference = Inference,
    };

    /// <summary>The result for K classes.</summary>
    public MultinomialFit ToMultinomial(MultiClass multiClass) => new(ToMultinomial(Model, multiClass), Convergence)
    {
        Path = Path is null
            ? null
            : new MultinomialPath([.. Path.Points.Select((at, i) => new MultinomialPathPoint(at.Point.C, at.Point.L1Ratio,
                ToMultinomial(at.Point.Fit.Model, multiClass), at.Point.Fit.Convergence.Objective, at.Point.Fit.Model.NonZero,
                at.Point.Fit.Convergence.Iterations, at.Converged, at.Score))], Path.Selected, Path.Rule),
        Inference = MultinomialInference,
    };

    private static LogisticModel ToLogistic(LinearModel model) => new(model.Intercepts[0], model.Coefficients[0]);

    private static MultinomialModel ToMultinomial(LinearModel model, MultiClass multiClass) => new(model.Intercepts, model.Coefficients, multiClass);
}

/// <summary>The fits of a path in their order.</summary>
/// <param name="Points">The fits, whether their stopping rule held, and their scores if rows were held out.</param>
/// <param name="Selected">The index of the point that becomes the model.</param>
/// <param name="Rule">As in <see cref="RegularizationPath"/>.</param>
internal sealed record FittedPath(IReadOnlyList<(FittedPoint Point, bool Converged, ValidationScore? Score)> Points, int Selected, string Rule);
