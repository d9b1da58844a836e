using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Passes;
using SigmoidApi.Compute.Preprocessing;

namespace SigmoidApi.Compute.Regression;

/// <summary>Where each fit gets its rows: one matrix for all of them, or a table, prepared by what the fit's own training rows say.</summary>
internal sealed class DesignSource
{
    private readonly FeatureTable? _table;
    private readonly IReadOnlyList<ColumnPreparation> _preparation = [];

    /// <summary>Null where each fit has a matrix of its own.</summary>
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

    /// <summary>Null where that is known after preparation only.</summary>
    public int? Columns => _matrix?.Columns;

    /// <summary>All rows, prepared by those of weight above 0.</summary>
    public Design Fit(double[]? weights, ThreadCrew crew, CancellationToken cancellationToken) =>
        _matrix is not null ? new Design(_matrix, null)
        : Transform(Preparation.Fit(_table!, _preparation, weights, means: null, crew, cancellationToken), crew, cancellationToken);

    /// <summary>All rows as a fit before had them.</summary>
    public Design Transform(Preparation? preparation, ThreadCrew crew, CancellationToken cancellationToken) =>
        new(_matrix ?? preparation!.Transform(_table!, crew, cancellationToken), preparation);

    /// <summary>
    /// What serves raw rows to the model of a design. Also where nothing had to be prepared the fills are learned, for rows to come.
    /// </summary>
    /// <param name="fits">Of the model.</param>
    /// <param name="means">Of the columns, where they are known: they then take no pass of their own.</param>
    /// <param name="crew">The threads.</param>
    /// <param name="cancellationToken">Looked at within each pass.</param>
    public Preparation? PreparationOf(PenalizedFits fits, double[]? means, ThreadCrew crew, CancellationToken cancellationToken) =>
        _table is null ? null
        : fits.Design.Preparation ?? Preparation.Fit(_table, _preparation, fits.SampleWeights, means, crew, cancellationToken);

    /// <exception cref="UntrainableDataException"><c>non_finite_value</c>: names the first cell that is not finite, nor missing where that is allowed.</exception>
    public void RequireFinite()
    {
        if (_table is null)
            _matrix!.RequireFinite();
        else
            _table.RequireFinite();
    }
}

/// <summary>The rows of a fit, and what prepared them; null where they are as they came.</summary>
internal sealed record Design(FeatureMatrix Features, Preparation? Preparation)
{
    /// <summary>Of the rows of weight above 0. Columns that the preparation made 0/1 are left as they are, as in scikit-learn's usual pipeline.</summary>
    /// <param name="weights">Null for 1.</param>
    /// <param name="centre">Whether about the columns' means, for a fit with an intercept, or about 0.</param>
    /// <param name="crew">The threads.</param>
    /// <param name="cancellationToken">Looked at within each pass.</param>
    public StandardScaling Scaling(double[]? weights, bool centre, ThreadCrew crew, CancellationToken cancellationToken)
    {
        var scaling = StandardScaling.Fit(Features, weights, crew, cancellationToken);
        if (!centre)
            scaling = scaling.AboutZero();
        return Preparation is null ? scaling : scaling.Leaving(Preparation.Indicators);
    }
}
