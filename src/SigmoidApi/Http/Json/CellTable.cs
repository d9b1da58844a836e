using System.Text.Json;

namespace SigmoidApi.Http.Json;

/// <summary>
/// Named columns of cells. The numbers are in a pooled array; other cells are NaNs with a payload (<see cref="BoxedCell"/>) that refers to a list of texts.
/// </summary>
public abstract class CellTable : PooledNumbers
{
    private readonly OrderedDictionary<string, int> _columns;
    private readonly CellTexts _texts;
    private readonly int _rowStep;
    private readonly int _columnStep;

    /// <param name="rented">The cell of a row and a column is at <c>row * rowStep + column * columnStep</c>.</param>
    /// <param name="count">The number of its elements that are used.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The names, each at its column.</param>
    /// <param name="texts">The texts that boxed cells refer to.</param>
    /// <param name="rowStep">The distance between two rows.</param>
    /// <param name="columnStep">The distance between two columns.</param>
    private protected CellTable(double[] rented, int count, int rows, OrderedDictionary<string, int> columns, CellTexts texts, int rowStep, int columnStep)
        : base(rented, count)
    {
        Rows = rows;
        _columns = columns;
        _texts = texts;
        _rowStep = rowStep;
        _columnStep = columnStep;
    }

    public int Rows { get; }

    /// <summary>The columns in the order in which their names were first seen.</summary>
    public IReadOnlyList<string> Names => _columns.Keys;

    public Cell this[int row, int column]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)_columns.Count);
            return BoxedCell.Unbox(Values[row * _rowStep + column * _columnStep], _texts);
        }
    }

    /// <summary>The column of a name, or -1 if there is none.</summary>
    public int IndexOf(string name) => _columns.IndexOf(name);

    /// <summary>
    /// Copies a column of numbers to every <paramref name="stride"/>th place of <paramref name="destination"/>: a column of a row-major matrix.
    /// </summary>
    /// <returns>The first row whose cell is not a number, or is an integer beyond 2⁵³; -1 if there is none.</returns>
    public int CopyColumn(int column, Span<double> destination, int stride = 1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)_columns.Count);
        var values = Values;
        for (var row = 0; row < Rows; row++)
        {
            var value = values[row * _rowStep + column * _columnStep];
            if (BoxedCell.IsBoxed(value))
                return row;
            destination[row * stride] = value;
        }

        return -1;
    }

    internal void Write(Utf8JsonWriter writer, int row, int column)
    {
        var cell = this[row, column];
        switch (cell.Kind)
        {
            case CellKind.Number when double.IsFinite(cell.Number) && cell.Text is { } digits:
                writer.WriteRawValue(digits);
                break;
            case CellKind.Number:
                NumberWriter.Write(writer, cell.Number);
                break;
            case CellKind.Text:
                writer.WriteStringValue(cell.Text);
                break;
            case CellKind.True or CellKind.False:
                writer.WriteBooleanValue(cell.Kind == CellKind.True);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
