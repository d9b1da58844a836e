using System.Globalization;
using System.Text;
using System.Text.Json;
using SigmoidApi.Compute.Decimals;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Models;
using SigmoidApi.Tables;
using SigmoidApi.Tables.Cells;
using SigmoidApi.Tables.DuckDb;
using SigmoidApi.Tables.Sources;

namespace SigmoidApi.Serving;

/// <summary>A column of a file that a model needs.</summary>
/// <param name="Served">The column of the model.</param>
/// <param name="Form">What its cells contain.</param>
/// <param name="Expression">The SQL expression that returns its cells, of type DOUBLE or VARCHAR.</param>
/// <param name="Convention">How numbers and dates are written in its texts.</param>
/// <param name="MissingWords">The texts that mean a missing value.</param>
internal sealed record FileColumn(ServedColumn Served, CellForm Form, string Expression, WrittenConvention Convention, MissingWords MissingWords)
{
    /// <summary>Whether a cell is a DOUBLE; otherwise it is a VARCHAR.</summary>
    public bool IsDouble => Served.Category is null && Form is CellForm.Number or CellForm.Boolean or CellForm.Date;

    /// <param name="served">The column of the model.</param>
    /// <param name="column">The column of the file.</param>
    /// <param name="file">What the caller says about the file.</param>
    /// <param name="source">The opened file.</param>
    public static FileColumn Of(ServedColumn served, TypedColumn column, TableFile file, DatasetSource source)
    {
        var form = column switch
        {
            { IsJson: true } => CellForm.Json,
            { Type: StoredType.Real or StoredType.Whole } => CellForm.Number,
            { Type: StoredType.Boolean } => CellForm.Boolean,
            { Type: StoredType.Date or StoredType.Time } => CellForm.Date,
            _ => CellForm.Text,
        };
        var expression = (form, served.Category) switch
        {
            (CellForm.Json, _) => $"cast({column.Raw} as varchar)",
            (CellForm.Number, null) or (CellForm.Boolean, null) => StoredValue.AsNumber(column.Stored, ColumnType.Number),
            (CellForm.Date, null) => StoredValue.AsNumber(column.Stored, ColumnType.DateTime),
            (CellForm.Number, _) when column.IsExact => $"cast({column.Raw} as varchar)",
            _ => $"cast({column.Stored} as varchar)",
        };
        var convention = new WrittenConvention(
            file.Csv.DecimalPoint ?? column.DecimalPoint ?? source.Dialect?.DecimalPoint ?? source.DecimalPoint ?? served.Convention.DecimalPoint,
            file.Csv.Dates ?? served.Convention.Dates);
        return new(served, form, expression, convention, MissingWords.Of(file.Csv));
    }

    /// <summary>The number in a cell: NaN if it is missing, null if the cell is not a number.</summary>
    public double? NumberOf(DatasetChunk rows, int vector, int row)
    {
        if (rows.IsMissing(vector, row))
            return Served.Missing;
        if (IsDouble)
            return NumberOf(rows.Doubles(vector)[row]);
        var text = ChunkText.Bytes(in rows.Texts(vector)[row]);
        return Form == CellForm.Text ? Served.NumberOf(text, Convention, MissingWords)
            : text is [(byte)'"', ..] ? Served.NumberOf(Unquoted(text), Convention, MissingWords)
            : DoubleParser.Parse(text, out var number) == text.Length ? Finite(Served.NumberOf(number))
            : text.SequenceEqual("true"u8) || text.SequenceEqual("false"u8) ? Served.NumberOf(text[0] == 't')
            : null;
    }

    /// <summary>The code of the level in a cell that is not missing; null if the cell can't be a level.</summary>
    public int? CodeOf(ReadOnlySpan<byte> cell)
    {
        if (cell.IsEmpty)
            return FittedCategory.MissingCode;
        var isNumber = Form == CellForm.Number || (Form == CellForm.Json && cell[0] is (byte)'-' or (>= (byte)'0' and <= (byte)'9'));
        var text = Encoding.UTF8.GetString(Form == CellForm.Json ? Unquoted(cell) : cell);
        return isNumber ? Served.CodeOfNumber(text) : Served.CodeOf(text, Convention, MissingWords);
    }

    /// <summary>Whether the model refuses a cell, and if so, what it expected and what it got, for the message.</summary>
    public bool IsRefused(DatasetChunk rows, int vector, int row, out string expected, out string got)
    {
        (expected, got) = (Served.Expected([], Convention.Dates), "nothing");
        var isMissing = rows.IsMissing(vector, row);
        if (isMissing)
            return Served.Category is null && Served.Missing is null;
        if (IsDouble)
        {
            got = Shown(rows.Doubles(vector)[row]);
            return NumberOf(rows, vector, row) is null;
        }

        var text = ChunkText.Bytes(in rows.Texts(vector)[row]);
        if (Served.Category is null ? NumberOf(rows, vector, row) is not null : !IsRefused(CodeOf(text)))
            return false;
        text = Form == CellForm.Json ? Unquoted(text) : text;
        expected = Served.Expected(text, Convention.Dates) + (Served.LacksOrder(text, Convention.Dates) ? " (dates=dmy or dates=mdy sets it)" : "");
        got = ShownText.Of(text);
        return true;
    }

    /// <summary>Whether a code is null, or that of an unknown level that the model refuses.</summary>
    public bool IsRefused(int? code) => code is null || (code == FittedCategory.UnknownCode && Served.Category!.Unknown == UnknownLevel.Error);

    /// <summary>A JSON text without its quotes and escapes; any other value unchanged.</summary>
    private static ReadOnlySpan<byte> Unquoted(ReadOnlySpan<byte> value)
    {
        if (value is not [(byte)'"', .. var inner, (byte)'"'])
            return value;
        if (!inner.Contains((byte)'\\'))
            return inner;
        var reader = new Utf8JsonReader(value);
        reader.Read();
        return Encoding.UTF8.GetBytes(reader.GetString()!);
    }

    private string Shown(double number) => Form switch
    {
        CellForm.Boolean => number == 1 ? "true" : "false",
        CellForm.Date => "a date",
        _ => $"'{number.ToString(CultureInfo.InvariantCulture)}'",
    };

    private double? NumberOf(double value) => Form switch
    {
        CellForm.Boolean => Served.NumberOf(value == 1),
        CellForm.Date => Served.Type == ColumnType.DateTime ? value : null,
        _ => Finite(Served.NumberOf(value)),
    };

    private static double? Finite(double? number) => number is { } value && double.IsInfinity(value) ? null : number;
}
