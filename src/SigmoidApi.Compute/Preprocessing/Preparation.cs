using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Preprocessing;

/// <summary>
/// The way from raw columns to the design matrix: missing values filled, categories one-hot, learned from the rows that a model is fitted to and from
/// no others. Immutable, and safe to use from many threads.
/// </summary>
public sealed class Preparation
{
    private readonly bool[] _indicators;

    /// <param name="columns">In the order of the raw columns, at least one.</param>
    public Preparation(IReadOnlyList<FittedColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentOutOfRangeException.ThrowIfZero(columns.Count, nameof(columns));
        Columns = [.. columns];
        var terms = columns.SelectMany(column => column.Terms()).ToArray();
        Terms = [.. terms.Select(term => term.Term)];
        _indicators = [.. terms.Select(term => term.IsIndicator)];
    }

    /// <summary>What was learned of each raw column.</summary>
    public IReadOnlyList<FittedColumn> Columns { get; }

    /// <summary>
    /// The design columns as people read them, in the order of the raw ones: <c>age</c>, <c>age is missing</c>, <c>kind=internal</c>,
    /// <c>kind=(infrequent)</c>, <c>kind is missing</c>. Two are the same where raw names or levels read like these.
    /// </summary>
    public IReadOnlyList<string> Terms { get; }

    /// <summary>For each design column whether it is 0/1: one-hot, or an indicator of missing values.</summary>
    public IReadOnlyList<bool> Indicators => _indicators;

    /// <summary>Learns from the rows of weight above 0 alone; a weight counts its row so many times.</summary>
    /// <param name="table">n rows.</param>
    /// <param name="columns">For each column of the table how to prepare it.</param>
    /// <param name="weights">For each row, at least 0; null for 1.</param>
    /// <param name="cancellationToken">Looked at for every chunk of rows.</param>
    /// <exception cref="ArgumentException">There are not as many options as columns, or weights as rows, or one is out of range.</exception>
    public static Preparation Fit(FeatureTable table, IReadOnlyList<ColumnPreparation> columns, double[]? weights, CancellationToken cancellationToken = default)
    {
        RequireOptions(table, columns);
        if (weights is not null && weights.Length != table.Rows)
            throw new ArgumentException($"There are {table.Rows} rows and {weights.Length} weights.", nameof(weights));
        if (weights is not null && !Array.TrueForAll(weights, weight => weight is >= 0 and < double.PositiveInfinity))
            throw new ArgumentException("Weights must be at least 0 and finite.", nameof(weights));
        return Fit(table, columns, weights, means: null, new ThreadCrew(), cancellationToken);
    }

    /// <param name="means">Of the number columns, where somebody knows them already; null to learn them.</param>
    internal static Preparation Fit(FeatureTable table, IReadOnlyList<ColumnPreparation> columns, double[]? weights, double[]? means, ThreadCrew crew,
        CancellationToken cancellationToken)
    {
        var numbers = table.Numbers is null ? [] : NumberFills.Fit(table, columns, weights, means, crew, cancellationToken);
        var fitted = new FittedColumn[columns.Count];
        var k = 0;
        for (var j = 0; j < fitted.Length; j++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            fitted[j] = table.Columns[j].Codes is null ? numbers[k++] : FittedCategory.Fit(table.Columns[j], columns[j], weights);
        }
        return new Preparation(fitted);
    }

    /// <summary>What a row of a prepared design takes in memory, in bytes; it tells too whether that is sparse.</summary>
    /// <param name="columns">Of the design.</param>
    /// <param name="entriesInARow">At most: one for each raw column, and the indicators.</param>
    public static (long Bytes, bool IsSparse) DesignRow(long columns, long entriesInARow) => DesignEncoder.SuitsSparse(columns, entriesInARow)
        ? (sizeof(long) + entriesInARow * (sizeof(int) + sizeof(double)), true)
        : (columns * sizeof(double), false);

    internal static void RequireOptions(FeatureTable table, IReadOnlyList<ColumnPreparation> columns)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(columns);
        if (columns.Count != table.Columns.Count)
            throw new ArgumentException($"There are {table.Columns.Count} columns and {columns.Count} options.", nameof(columns));
        for (var j = 0; j < columns.Count; j++)
            columns[j].Validate(table.Columns[j]);
    }

    /// <summary>
    /// The design matrix of a table of the same columns: its very numbers, not copied, where nothing is to be done to them, else a
    /// <see cref="DesignMatrix"/>, or a <see cref="SparseMatrix"/> where most of it is zeros; of a streamed table a <see cref="StreamedMatrix"/>. A level that is refused when served
    /// (<see cref="UnknownLevel.Error"/>) is none here.
    /// </summary>
    /// <exception cref="ArgumentException">The table's columns are others.</exception>
    /// <exception cref="UntrainableDataException"><c>no_columns</c>: no column has a value to learn from, so that there is no design column.</exception>
    public FeatureMatrix Transform(FeatureTable table, CancellationToken cancellationToken = default) =>
        Transform(table, new ThreadCrew(), cancellationToken);

    internal FeatureMatrix Transform(FeatureTable table, ThreadCrew crew, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (!Columns.Select(column => (column.Name, column is FittedNumber)).SequenceEqual(table.Columns.Select(column => (column.Name, column.Codes is null))))
            throw new ArgumentException("The table has other columns than those that the preparation was fitted to.", nameof(table));
        if (Terms.Count == 0)
        {
            throw new UntrainableDataException("no_columns",
                "No column has a value in the rows to train on, or each has one level only, which is dropped; a fit needs a column.");
        }
        return table.IsDesign && Terms.Count == table.Columns.Count ? table.Numbers! : new DesignEncoder(this, table).Encode(crew, cancellationToken);
    }
}
