using System.Globalization;
using System.Text.Json;
using SigmoidApi.Compute.Regression;
using SigmoidApi.Http.Json;

namespace SigmoidApi.TrainingJobs;

/// <summary>What to train, and how. Names, defaults and the objective are scikit-learn's: minimise c·Σ log loss + r(w), the intercept never penalised.</summary>
public sealed record TrainingRequest
{
    /// <summary>The data set to train on: its id, or its name for the newest of that name.</summary>
    public string? DatasetId { get; init; }

    /// <summary>The column to predict; it has exactly two different values.</summary>
    public string? Target { get; init; }

    /// <summary>The value of the target that counts as positive; the larger of the two by default.</summary>
    public string? PositiveClass { get; init; }

    /// <summary>The columns to predict from, in the model's order; by default all but the target.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>Data in the request itself, instead of <c>datasetId</c> and <c>target</c>.</summary>
    public InlineData? Data { get; init; }

    /// <summary>The model that gets a new version; by default the data set's name, or <c>model</c> for inline data.</summary>
    public string? ModelName { get; init; }

    public Solver Solver { get; init; } = Solver.Auto;

    /// <summary><c>l2</c> is ½‖w‖², <c>none</c> is 0.</summary>
    public Penalty? Penalty { get; init; }

    /// <summary>Inverse strength of the penalty.</summary>
    public double C { get; init; } = 1;

    /// <summary>0 is the penalty <c>l2</c>.</summary>
    public double? L1Ratio { get; init; }

    public bool FitIntercept { get; init; } = true;

    /// <summary>Fit on columns scaled to mean 0 and population standard deviation 1.</summary>
    public bool Standardize { get; init; } = true;

    public JsonElement? ClassWeight { get; init; }

    public JsonElement? SampleWeight { get; init; }

    public int MaxIterations { get; init; } = 1000;

    /// <summary>When to stop before <c>maxIterations</c>; 1e-8 by default, but <c>gradient_descent</c> then runs every iteration, as the article's loop does.</summary>
    public double? Tolerance { get; init; }

    /// <summary>Step of <c>gradient_descent</c> on the mean loss.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Where the fit starts, in the columns' own units; 0 by default.</summary>
    public double[]? InitialWeights { get; init; }

    public ValidationRequest? Validation { get; init; }

    /// <summary>Decides the rows that are held out.</summary>
    public long Seed { get; init; } = 42;

    internal double? PositiveClassValue =>
        double.TryParse(PositiveClass, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;
}

/// <summary>Rows of features and a 0 or 1 for each.</summary>
public sealed record InlineData(Matrix Features, double[] Labels);

/// <summary>How to validate the model.</summary>
/// <param name="Holdout">Share of the rows that is held out, stratified by the target and shuffled by <c>seed</c>.</param>
public sealed record ValidationRequest(double? Holdout);
