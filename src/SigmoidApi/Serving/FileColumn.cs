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

/// <summary>What the cells of a file's column are.</summary>
internal enum CellForm
{
    /// <summary>Texts, which may be anything: those of separated values, and of columns of texts.</summary>
    Text,

    /// <summary>Values of JSON as it writes them: texts in quotes.</summary>
    Json,

    /// <summary>DOUBLE where the model wants a number, or else a text of all digits.</summary>
    Number,

    /// <summary>DOUBLE, where the model wants a number; as levels they are texts.</summary>
    Boolean,

    /// <summary>Days since 1970-01-01 as DOUBLE, where the model wants a number; as levels they are texts.</summary>
    Date,
}

/// <summary>A column that a model needs, as a file has it.</summary>
/// <param name="Served">The model's.</param>
/// <param name="Form">What its cells are.</param>
/// <param name="Expression">What gives them: of type DOUBLE or VARCHAR.</param>
/// <param name="Convention">How its texts are written.</param>
/// <param name="MissingWords">The texts that stand for a missing value.</param>
internal sealed record FileColumn(ServedColumn Served, CellForm Form, string Expression, WrittenConvention Convention, MissingWords MissingWords)
{
    /// <summary>Whether a cell is a DOUBLE; if not, it is a VARCHAR.</summary>
    public bool IsDouble => Served.Category is null && Form is CellForm.Number or CellForm.Boolean or CellForm.Date;

    /// <param name="served">What the model needs.</param>
    /// <param name="column">The file's column by its type alone.</param>
    /// <param name="file">What the caller says of the file.</param>
    /// <param name="source">The file.</param>
    public static FileColumn Of(ServedColumn served, TypedColumn column, FileToRead file, DatasetSource source)
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

    /// <summary>The number of a cell: NaN where it is missing, null where it can't be one.</summary>
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

    /// <summary>The code of a cell that is not missing; null where it can't be a level.</summary>
    public int? CodeOf(ReadOnlySpan<byte> cell)
    {
        if (cell.IsEmpty)
            return FittedCategory.MissingCode;
        var isNumber = Form == CellForm.Number || (Form == CellForm.Json && cell[0] is (byte)'-' or (>= (byte)'0' and <= (byte)'9'));
        var text = Encoding.UTF8.GetString(Form == CellForm.Json ? Unquoted(cell) : cell);
        return isNumber ? Served.CodeOfNumber(text) : Served.CodeOf(text, Convention, MissingWords);
    }

    /// <summary>Whether the model can do nothing with a cell, and how a problem names that.</summary>
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
        expected = Served.Expected(text, Convention.Dates) + (Served.LacksOrder(text, Convention.Dates) ? ", which dates=dmy or dates=mdy can say" : "");
        got = ShownText.Of(text);
        return true;
    }

    /// <summary>Whether a code is none, or that of a level that the model refuses.</summary>
    public bool IsRefused(int? code) => code is null || (code == FittedCategory.UnknownCode && Served.Category!.Unknown == UnknownLevel.Error);

    /// <summary>A text of JSON without its quotes and escapes; any other value as it is.</summary>
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
