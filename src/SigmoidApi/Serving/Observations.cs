using System.Text;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Simd;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Models;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Serving;

/// <summary>Records or columns of a request, converted to the input of a model; or the failure of the conversion.</summary>
internal sealed class Observations : IDisposable
{
    private readonly Matrix? _numbers;

    private Observations(Matrix numbers, int[][] codes, IReadOnlyList<string>? unknownColumns, IReadOnlyDictionary<string, int>? unknownLevels) =>
        (_numbers, Codes, UnknownColumns, UnknownLevels) = (numbers, codes, unknownColumns, unknownLevels);

    private Observations(InputFailure failure) => Failure = failure;

    public InputFailure? Failure { get; }

    public int Rows => _numbers!.Rows;

    /// <summary>The values of number columns, row by row; NaN for a missing value.</summary>
    public Span<double> Numbers => _numbers!.Values;

    /// <summary>The codes of the levels of each category.</summary>
    public IReadOnlyList<int[]> Codes { get; } = [];

    /// <summary>Columns that the model does not know; null if there are none.</summary>
    public IReadOnlyList<string>? UnknownColumns { get; }

    /// <summary>For each category, how many of its values no training row had; null if there are none.</summary>
    public IReadOnlyDictionary<string, int>? UnknownLevels { get; }

    /// <param name="cells">The records or columns.</param>
    /// <param name="model">The model.</param>
    /// <param name="path">Returns the path of a cell in the request, from its row and its column; for row -1, the path of the column.</param>
    public static Observations From(CellTable cells, ServedModel model, Func<int, string, string> path)
    {
        var numbers = Matrix.Rent(cells.Rows, model.NumberColumns);
        var codes = new int[model.CategoryColumns][];
        var unknown = new Dictionary<string, int>(StringComparer.Ordinal);
        var indices = IndicesOf(cells.Names, model);
        foreach (var column in model.Columns)
        {
            var index = indices.GetValueOrDefault(column.Name, -1);
            var failure = index < 0 ? Missing(column, path(cells is Records ? 0 : -1, column.Name), cells.Names.Where(model.IsUnknown))
                : column.Category is { } category ? ReadLevels(cells, index, column, codes[column.Index] = new int[cells.Rows], unknown, path)
                : ReadNumbers(cells, index, column, model, numbers, path);
            if (failure is not null)
            {
                numbers.Dispose();
                return new(failure);
            }
        }

        var bad = model.TakesMissing ? NumberRules.IndexOfInfinite(numbers.Values) : FiniteCheck.IndexOfNonFinite<double>(numbers.Values);
        if (bad >= 0)
        {
            var (row, number) = Math.DivRem(bad, model.NumberColumns);
            var name = model.Columns.First(column => column.Category is null && column.Index == number).Name;
            var failure = InputFailure.BadRequest(path(row, name), $"expected a finite number, got {numbers.Values[bad]}");
            numbers.Dispose();
            return new(failure);
        }

        string[] unknownColumns = [.. indices.Where(name => model.IsUnknown(name.Key)).OrderBy(name => name.Value).Select(name => cells.Names[name.Value])];
        return new(numbers, codes, unknownColumns.Length > 0 ? unknownColumns : null, unknown.Count > 0 ? unknown : null);
    }

    /// <summary>
    /// The index of each name. A name that the model does not know is trimmed, as in the header of a CSV file, unless another name is then the same.
    /// </summary>
    private static Dictionary<string, int> IndicesOf(IReadOnlyList<string> names, ServedModel model)
    {
        var indices = names.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        var untrimmed = names.Where(name => name.Trim().Length < name.Length && model.IsUnknown(name));
        foreach (var same in untrimmed.GroupBy(name => name.Trim()).Where(same => same.Count() == 1))
        {
            if (indices.TryAdd(same.Key, indices[same.Single()]))
                indices.Remove(same.Single());
        }

        return indices;
    }

    public void Dispose() => _numbers?.Dispose();

    private static InputFailure? ReadNumbers(CellTable cells, int index, ServedColumn column, ServedModel model, Matrix numbers, Func<int, string, string> path)
    {
        var stride = model.NumberColumns;
        var values = numbers.Values[column.Index..];
        // Usually all cells are numbers and are copied at once. From the first other cell on, each is converted. A date is never a number.
        var first = column.Type == ColumnType.DateTime ? 0 : cells.CopyColumn(index, values, stride);
        for (var row = first; first >= 0 && row < cells.Rows; row++)
        {
            var cell = cells[row, index];
            if (cell.Kind == CellKind.Absent)
                return Missing(column, path(row, column.Name));
            if (NumberOf(cell, column) is not { } value)
                return Invalid(cell, column, path(row, column.Name));
            values[row * stride] = value;
        }

        return null;
    }

    /// <summary>The number in a cell: NaN if it is missing, null if the cell is not a number.</summary>
    public static double? NumberOf(Cell cell, ServedColumn column) => cell.Kind switch
    {
        CellKind.Number => column.NumberOf(cell.Number),
        CellKind.Null => column.Missing,
        CellKind.True or CellKind.False => column.NumberOf(cell.Kind == CellKind.True),
        _ => column.NumberOf(Encoding.UTF8.GetBytes(cell.Text!), column.Convention, MissingWords.Default),
    };

    private static InputFailure? ReadLevels(
        CellTable cells, int index, ServedColumn column, int[] codes, Dictionary<string, int> unknown, Func<int, string, string> path)
    {
        for (var row = 0; row < codes.Length; row++)
        {
            var cell = cells[row, index];
            if (cell.Kind == CellKind.Absent)
                return Missing(column, path(row, column.Name));
            if (CodeOf(cell, column) is not { } code || (code == FittedCategory.UnknownCode && column.Category!.Unknown == UnknownLevel.Error))
                return Invalid(cell, column, path(row, column.Name));
            codes[row] = code;
            if (code == FittedCategory.UnknownCode)
                unknown[column.Name] = unknown.GetValueOrDefault(column.Name) + 1;
        }

        return null;
    }

    /// <summary>The code of the level in a cell; null if the cell can't be a level.</summary>
    public static int? CodeOf(Cell cell, ServedColumn column) => cell.Kind switch
    {
        CellKind.Null => FittedCategory.MissingCode,
        CellKind.True => column.CodeOf("true", column.Convention, MissingWords.Default),
        CellKind.False => column.CodeOf("false", column.Convention, MissingWords.Default),
        CellKind.Number when double.IsFinite(cell.Number) => column.CodeOfNumber(cell.Text ?? LevelKey.Shortest(cell.Number)),
        _ => column.CodeOf(cell.Text!, column.Convention, MissingWords.Default),
    };

    private static InputFailure Invalid(Cell cell, ServedColumn column, string path)
    {
        var text = cell.Kind == CellKind.Text ? Encoding.UTF8.GetBytes(cell.Text!) : [];
        var isLevel = column is { Category: not null, Type: not ColumnType.DateTime };
        var got = cell.Kind == CellKind.Text ? ShownText.Of(text)
            : cell.Kind == CellKind.Number && isLevel ? $"'{cell.Text ?? LevelKey.Shortest(cell.Number)}'"
            : cell.Description;
        return InputFailure.BadRequest(path, $"expected {column.Expected(text, column.Convention.Dates)}, got {got}");
    }

    private static InputFailure Missing(ServedColumn column, string path, IEnumerable<string>? unknownNames = null)
    {
        var near = NearestName.Of(column.Name, unknownNames ?? []) is { } other ? $"; did you name it '{other}'?" : "";
        return InputFailure.BadRequest(
            path,
            path.StartsWith("columns", StringComparison.Ordinal)
                ? $"expected an array of {(column.Category is null ? "numbers" : "levels")}: the model needs this column{near}"
                : $"expected a {(column.Category is null ? "number" : "level")}: the model needs this column, and the record lacks it{near}");
    }
}
