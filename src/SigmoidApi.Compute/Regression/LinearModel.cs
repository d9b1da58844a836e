using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Regression;

/// <summary>Vectors of parameters, in the columns' original units or for standardised columns: one for two classes, otherwise one for each class.</summary>
/// <param name="Intercepts">0 if none is fitted.</param>
/// <param name="Coefficients">For each vector one for each column.</param>
internal sealed record LinearModel(double[] Intercepts, double[][] Coefficients)
{
    public int Columns => Coefficients[0].Length;

    /// <summary>The number of coefficients other than 0.</summary>
    public int NonZero => Coefficients.Sum(vector => vector.Count(coefficient => coefficient != 0));

    /// <summary>The vectors of a solver's parameters.</summary>
    public static LinearModel Of(ReadOnlySpan<double> parameters, int outputs, bool hasIntercept)
    {
        var (dimension, lead) = (parameters.Length / outputs, hasIntercept ? 1 : 0);
        var (intercepts, coefficients) = (new double[outputs], new double[outputs][]);
        for (var o = 0; o < outputs; o++)
        {
            var vector = parameters.Slice(o * dimension, dimension);
            (intercepts[o], coefficients[o]) = (hasIntercept ? vector[0] : 0, vector[lead..].ToArray());
        }
        return new LinearModel(intercepts, coefficients);
    }

    /// <summary>A solver's parameters.</summary>
    public double[] Parameters(bool hasIntercept) =>
        [.. Intercepts.Zip(Coefficients, (intercept, vector) => hasIntercept ? (double[])[intercept, .. vector] : vector).SelectMany(vector => vector)];

    public LinearModel ToStandardized(StandardScaling? scaling) => scaling is null ? this : Converted(scaling.ToStandardized);

    public LinearModel ToOwnUnits(StandardScaling? scaling) => scaling is null ? this : Converted(scaling.ToOwnUnits);

    /// <summary>With a vector of zeros for a base class.</summary>
    public LinearModel WithBase(int baseClass) => new(
        [.. Intercepts[..baseClass], 0, .. Intercepts[baseClass..]], [.. Coefficients[..baseClass], new double[Columns], .. Coefficients[baseClass..]]);

    /// <summary>Relative to a base class, whose vector is left out; the same model if there is none.</summary>
    public LinearModel Without(int? baseClass)
    {
        if (baseClass is not { } place)
            return this;
        int[] others = [.. Enumerable.Range(0, Intercepts.Length).Where(k => k != place)];
        return new LinearModel(
            [.. others.Select(k => Intercepts[k] - Intercepts[place])],
            [.. others.Select(k => Coefficients[k].Zip(Coefficients[place], (own, ofBase) => own - ofBase).ToArray())]);
    }

    /// <summary>With intercepts that sum to 0, which changes no probability of a softmax.</summary>
    public LinearModel Centered()
    {
        var mean = Intercepts.Average();
        double[] centered = [.. Intercepts.Select(intercept => intercept - mean)];
        // The rounding error of the sum goes to the largest intercept, where it is smallest.
        var largest = Array.FindIndex(centered, intercept => Math.Abs(intercept) == centered.Max(Math.Abs));
        if (largest >= 0)
            centered[largest] -= centered.Sum();
        return this with { Intercepts = centered };
    }

    /// <summary>The margins of every row, row by row, in one pass.</summary>
    public double[] Margins(FeatureMatrix features, ThreadCrew crew, CancellationToken cancellationToken)
    {
        var margins = new double[(long)features.Rows * Intercepts.Length];
        DesignRows.Of(features, scaling: null, fitIntercept: true, crew).Margins(Parameters(hasIntercept: true), margins, cancellationToken);
        return margins;
    }

    private delegate (double Intercept, double[] Coefficients) Conversion(double intercept, ReadOnlySpan<double> coefficients);

    private LinearModel Converted(Conversion conversion)
    {
        var vectors = Intercepts.Zip(Coefficients, (intercept, vector) => conversion(intercept, vector)).ToArray();
        return new LinearModel([.. vectors.Select(vector => vector.Intercept)], [.. vectors.Select(vector => vector.Coefficients)]);
    }
}
