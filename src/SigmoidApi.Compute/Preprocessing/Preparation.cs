using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Passes;

namespace SigmoidApi.Compute.Preprocessing;

/// <summary>
/// Turns raw columns into the design matrix: fills missing values and one-hot encodes categories. What it needs for that it learns from the training
/// rows of a model alone. Immutable, and safe to use from many threads.
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

    /// <summary>What was learned about each raw column.</summary>
    public IReadOnlyList<FittedColumn> Columns { get; }

    /// <summary>
    /// The names of the design columns that users see, in the order of the raw columns: <c>age</c>, <c>age is missing</c>, <c>kind=internal</c>,
    /// <c>kind=(infrequent)</c>, <c>kind is missing</c>. Two are the same if a raw name or level has such a form.
    /// </summary>
    public IReadOnlyList<string> Terms { get; }

    /// <summary>For each design column whether it is 0/1: a level, or an indicator of missing values.</summary>
    public IReadOnlyList<bool> Indicators => _indicators;

    /// <summary>Learns a preparation from the rows of weight above 0; a row of weight 2 counts twice.</summary>
    /// <param name="table">n rows.</param>
    /// <param name="columns">For each column of the table how to prepare it.</param>
    /// <param name="weights">For each row, at least 0; null for 1.</param>
    /// <param name="cancellationToken">Checked for every chunk of rows.</param>
    /// <exception cref="ArgumentException">The numbers of options and columns or of weights and rows differ, or a value is out of range.</exception>
    public static Preparation Fit(
        FeatureTable table, IReadOnlyList<ColumnPreparation> columns, double[]? weights, CancellationToken cancellationToken = default)
    {
        RequireOptions(table, columns);
        if (weights is not null && weights.Length != table.Rows)
            throw new ArgumentException($"There are {table.Rows} rows and {weights.Length} weights.", nameof(weights));
        if (weights is not null && !Array.TrueForAll(weights, weight => weight is >= 0 and < double.PositiveInfinity))
            throw new ArgumentException("Weights must be at least 0 and finite.", nameof(weights));
        return Fit(table, columns, weights, means: null, new ThreadCrew(), cancellationToken);
    }

    /// <param name="means">The means of the number columns if the caller knows them; null computes them.</param>
    internal static Preparation Fit(FeatureTable table, IReadOnlyList<ColumnPreparation> columns, double[]? weights, double[]? means, ThreadCrew crew,
        CancellationToken cancellationToken)
    {
        var numbers = table.Numbers is null ? [] : NumberFills.Fit(table, columns, weights, means, crew, cancellationToken);
        var places = new Queue<FittedNumber>(numbers);
        FittedColumn?[] fitted = [.. table.Columns.Select(column => column.Codes is null ? places.Dequeue() : null)];
        crew.Run(fitted.Length, (j, _) =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            fitted[j] ??= FittedCategory.Fit(table.Columns[j], columns[j], weights);
        });
        return new Preparation(fitted!);
    }

    /// <summary>How many bytes of memory a row of a prepared design takes, and whether the design is sparse.</summary>
    /// <param name="columns">The number of design columns.</param>
    /// <param name="entriesInARow">The most entries that a row can have: one for each raw column and one for each indicator.</param>
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
    /// The design matrix of a table of the same columns. If nothing needs preparing it is the table's numbers themselves, not a copy. Otherwise it is a
    /// <see cref="SparseMatrix"/> if most entries are 0, a <see cref="StreamedMatrix"/> of a streamed table, and else a <see cref="DesignMatrix"/>.
    /// A level that is an error at prediction (<see cref="UnknownLevel.Error"/>) is treated as no level here.
    /// </summary>
    /// <exception cref="ArgumentException">The table has other columns.</exception>
    /// <exception cref="UntrainableDataException"><c>no_columns</c>: there is no design column, as no column has a value to learn from.</exception>
    public FeatureMatrix Transform(FeatureTable table, CancellationToken cancellationToken = default) =>
        Transform(table, new ThreadCrew(), cancellationToken);

    internal FeatureMatrix Transform(FeatureTable table, ThreadCrew crew, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (!Columns.Select(column => (column.Name, column is FittedNumber)).SequenceEqual(table.Columns.Select(column => (column.Name, column.Codes is null))))
            throw new ArgumentException("The table's columns are not those that the preparation was fitted to.", nameof(table));
        if (Terms.Count == 0)
        {
            throw new UntrainableDataException("no_columns",
                "A fit needs at least one column, but no column has a value in the training rows, or each has only one level, which is dropped.");
        }
        return table.IsDesign && Terms.Count == table.Columns.Count ? table.Numbers! : new DesignEncoder(this, table).Encode(crew, cancellationToken);
    }
}
