using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Tables.Csv;

/// <summary>Classifies the cells of separated values for their columns, and reports malformed cells.</summary>
/// <param name="dialect">How the file is written.</param>
/// <param name="add">Receives the errors.</param>
internal sealed class CsvCells(CsvDialect dialect, Action<DatasetError> add)
{
    // A plain number of this length can be beyond the range of float64.
    private const int LongCell = 300;

    private readonly MissingWords _missing = dialect.Missing;
    private readonly byte _quote = (byte)(dialect.Quote ?? '\0');

    // Once a column has shown this sign, further fractions show nothing new.
    private readonly DecimalSigns _enough = dialect switch
    {
        { DecimalPoint: '.' } => DecimalSigns.Point,
        { Delimiter: ';' } => DecimalSigns.Comma,
        _ => DecimalSigns.None,
    };

    /// <summary>Counts a plain number that is shorter than a vector. Most need only counting: a call for each took 3 % of an upload's time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddShort(WrittenColumn column, ReadOnlySpan<byte> cell, byte state, long line)
    {
        if (column.IsSettled && (state == CsvGrammar.Fraction || cell.Length < 16) && BeginsAsUsual(cell))
            column.Numbers++;
        else
            AddNumber(column, cell, state, line);
    }

    /// <summary>Counts a plain number.</summary>
    /// <param name="column">Its column.</param>
    /// <param name="cell">The cell with surrounding blanks and quotes.</param>
    /// <param name="state">The state of <see cref="CsvGrammar"/> at the end of the cell.</param>
    /// <param name="line">The line where it begins.</param>
    public void AddNumber(WrittenColumn column, ReadOnlySpan<byte> cell, byte state, long line)
    {
        var isShort = state is CsvGrammar.Integer or CsvGrammar.Fraction && cell.Length < LongCell;
        if (!isShort && MayOverflow(cell) && !(WrittenNumber.TryRead(Inner(cell), out var large) && large.Value(dialect.DecimalPoint) is not null))
        {
            column.AddTooLarge(line, cell);
            return;
        }

        if (column.Numbers++ < InvalidDatasetException.MaxErrors)
            column.ShowNumber(line, cell);
        if ((!column.HasOtherNumbers || column.CountsOtherNumbers) && !IsZeroOrOne(cell))
            column.AddOtherNumber(line, cell);
        if (state == CsvGrammar.Integer && cell.Length < 16 && BeginsAsUsual(cell))
            return;
        if (isShort && state == CsvGrammar.Fraction && BeginsAsUsual(cell))
        {
            column.HasFractions = true;
            if (!column.HasShown(_enough))
                AddSigns(column, cell);
            else if (_enough == DecimalSigns.Comma)
                column.AddSigns(_enough);
            else
                column.IsSettled = column.HasOtherNumbers && !column.CountsOtherNumbers && column.Numbers > InvalidDatasetException.MaxErrors;
            return;
        }

        column.HasPadding |= cell[0] is (byte)' ' or (byte)'\t' || cell[^1] is (byte)' ' or (byte)'\t';
        var digits = Inner(cell);
        var sign = digits[0] is (byte)'+' or (byte)'-' ? digits[0] : (byte)0;
        if (sign != 0)
            digits = digits[1..];
        if (!digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            column.AddInteger(digits, hasPlus: sign == '+');
        }
        else
        {
            column.AddFraction(hasLeadingZero: digits is [(byte)'0', >= (byte)'0' and <= (byte)'9', ..]);
            AddSigns(column, digits);
        }
    }

    /// <summary>Counts any other cell.</summary>
    /// <param name="column">Its column.</param>
    /// <param name="cell">The cell with surrounding blanks and quotes.</param>
    /// <param name="state">The state of <see cref="CsvGrammar"/> at the end of the cell.</param>
    /// <param name="line">The line where it begins.</param>
    public void AddOther(WrittenColumn column, ReadOnlySpan<byte> cell, byte state, long line)
    {
        if (state == CsvGrammar.AfterClosed)
        {
            add(new(line, column.Name, $"expected a delimiter or the end of the line after the closing quote; got {ShownText.Of(cell)}"));
            return;
        }

        var quoted = state == CsvGrammar.ClosedWrong && cell.Length > 1;
        var text = quoted ? cell[1..^1] : cell;
        var trimmed = TextCursor.Trim(text);
        if (_missing.IsNull(trimmed))
        {
            column.HasBlanks |= trimmed.Length != text.Length || !CsvSource.CanBeNullOfDuckDb(dialect, Encoding.UTF8.GetString(trimmed));
            return;
        }

        // Blanks within quotes belong to the text.
        column.HasBlanks |= quoted ? trimmed.Length != text.Trim(" \t"u8).Length : trimmed.Length != text.Length;
        const string Expected = "expected text in UTF-8, or the file's own encoding in the Content-Type (charset=windows-1252)";
        if (_missing.IsMark(trimmed))
            column.Marks++;
        else if (StartsAsUtf8(trimmed))
            column.AddText(trimmed, line, cell);
        else
            add(new(line, column.Name, $"{Expected}; got other bytes: {ShownText.Of(cell)}"));
    }

    private static void AddSigns(WrittenColumn column, ReadOnlySpan<byte> cell)
    {
        if (WrittenNumber.TryRead(cell, out var number))
            column.AddSigns(number.Signs, number.Thousands != WrittenThousands.None);
    }

    // Whether a number has no blank, plus or leading zero that would be lost. The code has no branches, because a processor can't predict signs and zeros.
    private static bool BeginsAsUsual(ReadOnlySpan<byte> cell)
    {
        var sign = cell[0] == (byte)'-' ? 1 : 0;
        if (cell.Length <= sign + 1)
            return cell[^1] is > (byte)'0' and <= (byte)'9' || cell is [(byte)'0'];
        var (first, second) = ((uint)(cell[sign] - '0'), (uint)(cell[sign + 1] - '0'));
        return (first - 1 < 9) | ((first == 0) & (second > 9));
    }

    private bool IsZeroOrOne(ReadOnlySpan<byte> cell)
    {
        // Most numbers begin with another digit.
        if (cell[0] is > (byte)'1' and <= (byte)'9')
            return false;
        if (cell.Length == 1)
            return true;
        return WrittenNumber.TryRead(Inner(cell), out var number) && number.Value(dialect.DecimalPoint) is 0 or 1;
    }

    private ReadOnlySpan<byte> Inner(ReadOnlySpan<byte> cell) => cell.Trim(" \t"u8).Trim(_quote).Trim(" \t"u8);

    // Below 300 characters only a positive exponent of three digits can reach infinity. These few numbers are parsed.
    private static bool MayOverflow(ReadOnlySpan<byte> cell) =>
        cell.Length > LongCell || (cell.IndexOfAny((byte)'e', (byte)'E') is >= 0 and var mark && cell.Length - mark > 3 && cell[mark + 1] != (byte)'-');

    // A long cell is cut and may end in the middle of a character.
    private static bool StartsAsUtf8(ReadOnlySpan<byte> cell) =>
        Utf8.IsValid(cell)
        || (cell.Length is >= ShownText.MostBytes - 2 and <= ShownText.MostBytes && Utf8.IsValid(cell[..(ShownText.MostBytes - 6)]));
}
