namespace SigmoidApi.Compute.Objectives;

/// <summary>The margins of all rows at some parameters, and the loss that belongs to them. There is a vector of the rows for each output.</summary>
internal sealed class RowPoint
{
    /// <summary>
    /// The least probability of a row's own class in <see cref="Probabilities"/>. A row of a smaller one has hardly any curvature and a slope of nearly 1, so
    /// that a quadratic model would move its margins by up to 1/p. Its probabilities are mixed with those of a row that is certain of its class.
    /// </summary>
    public const double LeastProbability = 0.01;

    public RowPoint(int rows, int outputs)
    {
        double[][] Vectors() => [.. Enumerable.Range(0, outputs).Select(_ => new double[rows])];
        (Margins, Residuals) = (Vectors(), Vectors());
        Curvatures = outputs == 1 ? new double[rows] : [];
        Probabilities = outputs == 1 ? [] : Vectors();
        Others = outputs == 1 ? [] : new double[rows];
    }

    public double[][] Margins { get; }

    /// <summary>First derivatives of f in the margins.</summary>
    public double[][] Residuals { get; }

    /// <summary>With one output the second derivative of f in each margin; otherwise empty.</summary>
    public double[] Curvatures { get; }

    /// <summary>
    /// With several outputs the probability of each output's class, for second derivatives: see <see cref="LeastProbability"/>. Otherwise empty.
    /// </summary>
    public double[][] Probabilities { get; }

    /// <summary>With several outputs 1 − the greatest of the row's probabilities, without cancellation; otherwise empty.</summary>
    public double[] Others { get; }

    /// <summary>f without its penalty.</summary>
    public double Value { get; set; }
}
