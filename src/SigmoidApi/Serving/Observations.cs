using System.Text;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Http;
using SigmoidApi.Http.Json;
using SigmoidApi.Models;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Serving;

/// <summary>What a model is to predict, as its preparation takes it, from records or columns as they were uploaded; or why it can't be.</summary>
internal sealed class Observations : IDisposable
{
    private readonly Matrix? _numbers;

    private Observations(Matrix numbers, int[][] codes, IReadOnlyList<string>? unknownColumns, IReadOnlyDictionary<string, int>? unknownLevels) =>
        (_numbers, Codes, UnknownColumns, UnknownLevels) = (numbers, codes, unknownColumns, unknownLevels);

    private Observations(InputFailure failure) => Failure = failure;

    public InputFailure? Failure { get; }

    public int Rows => _numbers!.Rows;

    /// <summary>Row by row, NaN where a value is missing.</summary>
    public Span<double> Numbers => _numbers!.Values;

    /// <summary>The levels of each category.</summary>
    public IReadOnlyList<int[]> Codes { get; } = [];

    /// <summary>Names that came and mean nothing to the model; null where there are none.</summary>
    public IReadOnlyList<string>? UnknownColumns { get; }

    /// <summary>How many values of a category no training row had, by column; null where there are none.</summary>
    public IReadOnlyDictionary<string, int>? UnknownLevels { get; }

    /// <param name="cells">Records or columns.</param>
    /// <param name="model">What is to predict them.</param>
    /// <param name="path">The path of a cell as the caller wrote it, by row and column; of a row of -1 the column's.</param>
    public static Observations From(CellTable cells, ServedModel model, Func<int, string, string> path)
    {
        var numbers = Matrix.Rent(cells.Rows, model.NumberColumns);
        var codes = new int[model.CategoryColumns][];
        var unknown = new Dictionary<string, int>(StringComparer.Ordinal);
        var meant = Meant(cells.Names, model);
        foreach (var column in model.Columns)
        {
            var index = meant.GetValueOrDefault(column.Name, -1);
            var failure = index < 0 ? Lacking(column, path(cells is Records ? 0 : -1, column.Name), cells.Names.Where(model.IsUnknown))
                : column.Category is { } category ? ReadLevels(cells, index, column, codes[column.Index] = new int[cells.Rows], unknown, path)
                : ReadNumbers(cells, index, column, model, numbers, path);
            if (failure is not null)
            {
                numbers.Dispose();
                return new(failure);
            }
        }

        var bad = model.TakesMissing ? NumberRules.IndexOfInfinite(numbers.Values) : NumberRules.IndexOfNonFinite(numbers.Values);
        if (bad >= 0)
        {
            var (row, place) = Math.DivRem(bad, model.NumberColumns);
            var name = model.Columns.First(column => column.Category is null && column.Index == place).Name;
            var failure = InputFailure.BadRequest(path(row, name), $"expected a finite number, got {numbers.Values[bad]}");
            numbers.Dispose();
            return new(failure);
        }

        string[] unknownColumns = [.. meant.Where(name => model.IsUnknown(name.Key)).OrderBy(name => name.Value).Select(name => cells.Names[name.Value])];
        return new(numbers, codes, unknownColumns.Length > 0 ? unknownColumns : null, unknown.Count > 0 ? unknown : null);
    }

    /// <summary>
    /// The places of the names. A name that the model does not know goes without the blanks around it, as the header of separated values does, if no other name
    /// is the same then.
    /// </summary>
    private static Dictionary<string, int> Meant(IReadOnlyList<string> names, ServedModel model)
    {
        var places = names.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        foreach (var same in names.Where(name => name.Trim().Length < name.Length && model.IsUnknown(name)).GroupBy(name => name.Trim()).Where(same => same.Count() == 1))
        {
            if (places.TryAdd(same.Key, places[same.Single()]))
                places.Remove(same.Single());
        }

        return places;
    }

    public void Dispose() => _numbers?.Dispose();

    private static InputFailure? ReadNumbers(CellTable cells, int index, ServedColumn column, ServedModel model, Matrix numbers, Func<int, string, string> path)
    {
        var stride = model.NumberColumns;
        var values = numbers.Values[column.Index..];
        // Mostly all are numbers, which is the quick way; from the first other cell on each is looked at. No number is a date.
        var first = column.Type == ColumnType.DateTime ? 0 : cells.CopyColumn(index, values, stride);
        for (var row = first; first >= 0 && row < cells.Rows; row++)
        {
            var cell = cells[row, index];
            if (cell.Kind == CellKind.Absent)
                return Lacking(column, path(row, column.Name));
            if (NumberOf(cell, column) is not { } value)
                return Unreadable(cell, column, path(row, column.Name));
            values[row * stride] = value;
        }

        return null;
    }

    /// <summary>The number of a cell, NaN where it is missing; null where it can't be one.</summary>
    private static double? NumberOf(Cell cell, ServedColumn column) => cell.Kind switch
    {
        CellKind.Number => column.NumberOf(cell.Number),
        CellKind.Null => column.Missing,
        CellKind.True or CellKind.False => column.NumberOf(cell.Kind == CellKind.True),
        _ => column.NumberOf(Encoding.UTF8.GetBytes(cell.Text!), column.Convention, MissingWords.Default),
    };

    private static InputFailure? ReadLevels(CellTable cells, int index, ServedColumn column, int[] codes, Dictionary<string, int> unknown, Func<int, string, string> path)
    {
        for (var row = 0; row < codes.Length; row++)
        {
            var cell = cells[row, index];
            if (cell.Kind == CellKind.Absent)
                return Lacking(column, path(row, column.Name));
            if (CodeOf(cell, column) is not { } code || (code == FittedCategory.UnknownCode && column.Category!.Unknown == UnknownLevel.Error))
                return Unreadable(cell, column, path(row, column.Name));
            codes[row] = code;
            if (code == FittedCategory.UnknownCode)
                unknown[column.Name] = unknown.GetValueOrDefault(column.Name) + 1;
        }

        return null;
    }

    /// <summary>The code of a cell's level; null where it can't be one.</summary>
    private static int? CodeOf(Cell cell, ServedColumn column) => cell.Kind switch
    {
        CellKind.Null => FittedCategory.MissingCode,
        CellKind.True => column.CodeOf("true", column.Convention, MissingWords.Default),
        CellKind.False => column.CodeOf("false", column.Convention, MissingWords.Default),
        CellKind.Number when double.IsFinite(cell.Number) => column.CodeOfNumber(cell.Text ?? LevelKey.Shortest(cell.Number)),
        _ => column.CodeOf(cell.Text!, column.Convention, MissingWords.Default),
    };

    private static InputFailure Unreadable(Cell cell, ServedColumn column, string path)
    {
        var text = cell.Kind == CellKind.Text ? Encoding.UTF8.GetBytes(cell.Text!) : [];
        var isLevel = column is { Category: not null, Type: not ColumnType.DateTime };
        var got = cell.Kind == CellKind.Text ? ShownText.Of(text)
            : cell.Kind == CellKind.Number && isLevel ? $"'{cell.Text ?? LevelKey.Shortest(cell.Number)}'"
            : cell.Description;
        return InputFailure.BadRequest(path, $"expected {column.Expected(text, column.Convention.Dates)}, got {got}");
    }

    private static InputFailure Lacking(ServedColumn column, string path, IEnumerable<string>? others = null)
    {
        var near = NearestName.Of(column.Name, others ?? []) is { } other ? $"; did you mean it by '{other}'?" : "";
        return InputFailure.BadRequest(
            path,
            path.StartsWith("columns", StringComparison.Ordinal)
                ? $"expected an array of {(column.Category is null ? "numbers" : "levels")}: the model needs this column{near}"
                : $"expected a {(column.Category is null ? "number" : "level")}: the model needs this column, and the record lacks it{near}");
    }
}
