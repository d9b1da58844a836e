using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Preprocessing;

namespace SigmoidApi.Compute.Regression;

/// <summary>Gives each fit its rows: one matrix for all fits, or a table with a preparation that is learned from the training rows of each fit.</summary>
internal sealed class DesignSource
{
    private readonly FeatureTable? _table;
    private readonly IReadOnlyList<ColumnPreparation> _preparation = [];

    /// <summary>Null if each fit has its own matrix.</summary>
    private readonly FeatureMatrix? _matrix;

    public DesignSource(FeatureMatrix features)
    {
        ArgumentNullException.ThrowIfNull(features);
        (_matrix, Rows) = (features, features.Rows);
    }

    public DesignSource(FeatureTable table, IReadOnlyList<ColumnPreparation> preparation)
    {
        Preparation.RequireOptions(table, preparation);
        (_table, _preparation, _matrix, Rows) = (table, preparation, table.IsDesign ? table.Numbers : null, table.Rows);
    }

    public int Rows { get; }

    /// <summary>The number of design columns; null if it is known only after preparation.</summary>
    public int? Columns => _matrix?.Columns;

    /// <summary>All rows, with a preparation that is learned from the rows of weight above 0.</summary>
    public Design Fit(double[]? weights, ThreadCrew crew, CancellationToken cancellationToken) =>
        _matrix is not null ? new Design(_matrix, null)
        : Transform(Preparation.Fit(_table!, _preparation, weights, means: null, crew, cancellationToken), crew, cancellationToken);

    /// <summary>All rows, with the preparation of an earlier fit.</summary>
    public Design Transform(Preparation? preparation, ThreadCrew crew, CancellationToken cancellationToken) =>
        new(_matrix ?? preparation!.Transform(_table!, crew, cancellationToken), preparation);

    /// <summary>
    /// The preparation that turns raw rows into the model's design; null if the features came as a matrix. Even if nothing had to be prepared, it learns the
    /// fills for missing values in future rows.
    /// </summary>
    /// <param name="fits">The fits of the model.</param>
    /// <param name="means">The means of the columns if they are known, which saves a pass.</param>
    /// <param name="crew">The threads.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public Preparation? PreparationOf(PenalizedFits fits, double[]? means, ThreadCrew crew, CancellationToken cancellationToken) =>
        _table is null ? null
        : fits.Design.Preparation ?? Preparation.Fit(_table, _preparation, fits.SampleWeights, means, crew, cancellationToken);

    /// <exception cref="UntrainableDataException">
    /// <c>non_finite_value</c>: names the first cell that is not finite; where missing values are allowed, NaN is accepted.
    /// </exception>
    public void RequireFinite()
    {
        if (_table is null)
            _matrix!.RequireFinite();
        else
            _table.RequireFinite();
    }
}

/// <summary>The rows of a fit, and the preparation that made them; null if they needed none.</summary>
internal sealed record Design(FeatureMatrix Features, Preparation? Preparation)
{
    /// <summary>
    /// The scaling of the columns over the rows of weight above 0. Columns that the preparation made 0/1 are not scaled, as in scikit-learn's usual pipeline.
    /// </summary>
    /// <param name="weights">Null for 1.</param>
    /// <param name="centre">True, for a fit with an intercept, subtracts the columns' means; false subtracts nothing.</param>
    /// <param name="crew">The threads.</param>
    /// <param name="cancellationToken">Checked within each pass.</param>
    public StandardScaling Scaling(double[]? weights, bool centre, ThreadCrew crew, CancellationToken cancellationToken)
    {
        var scaling = StandardScaling.Fit(Features, weights, crew, cancellationToken);
        if (!centre)
            scaling = scaling.AboutZero();
        return Preparation is null ? scaling : scaling.Leaving(Preparation.Indicators);
    }
}
