namespace SigmoidApi.Tables.Csv;

/// <summary>
/// The automaton that reads one cell of separated values byte by byte (RFC 4180, with the file's own delimiter, quote and decimal point). It distinguishes
/// numbers from other cells. A number consists of blanks, a sign, digits with a point, an exponent and blanks, in quotes or not. Nothing else is a number:
/// not <c>nan</c>, <c>inf</c>, <c>0x1</c> or <c>1_000</c>. A delimiter or a line end outside quotes ends the cell; <see cref="CsvScan"/> handles them.
/// </summary>
internal static class CsvGrammar
{
    // The states of a number. They repeat from Quoted on, for a quoted cell.
    public const byte Start = 0;
    public const byte Blank = 1;
    public const byte Sign = 2;
    public const byte Integer = 3;
    public const byte Point = 4;
    public const byte Fraction = 5;
    public const byte ExponentMark = 6;
    public const byte ExponentSign = 7;
    public const byte Exponent = 8;
    public const byte BlankAfter = 9;
    public const byte Wrong = 10;
    public const byte Quoted = 11;

    // After the closing quote of a number, and of any other cell.
    public const byte ClosedNumber = 22;
    public const byte ClosedWrong = 23;

    /// <summary>As <see cref="Start"/>, right after a CR: an LF here belongs to the same line end.</summary>
    public const byte AfterCr = 24;

    /// <summary>The cell is malformed: something follows the closing quote.</summary>
    public const byte AfterClosed = 25;

    public const int StateCount = 26;

    /// <summary>Not a state, but the sign that the byte ends the cell.</summary>
    public const byte End = 255;

    /// <summary>The next state, or <see cref="End"/>, at [state · 256 + byte].</summary>
    public static byte[] BuildTable(CsvDialect dialect)
    {
        var table = new byte[StateCount * 256];
        for (var i = 0; i < table.Length; i++)
            table[i] = Next((byte)(i / 256), (char)(i % 256), dialect);
        return table;
    }

    /// <summary>Whether a cell that ends in <paramref name="state"/> is a number.</summary>
    public static bool IsNumber(byte state) => state == ClosedNumber || IsNumberUnquoted(state);

    private static bool IsNumberUnquoted(int state) => state is Integer or Fraction or Exponent or BlankAfter;

    private static byte Next(byte state, char value, CsvDialect dialect)
    {
        if (state == AfterCr)
            state = Start;
        if (state is >= Quoted and < ClosedNumber)
            return NextQuoted((byte)(state - Quoted), value, dialect);
        if (value == dialect.Delimiter || value is '\r' or '\n')
            return End;
        return (state, value == dialect.Quote) switch
        {
            (Start, true) => Quoted,
            // A doubled quote means one quote, so the cell is not a number.
            (ClosedNumber or ClosedWrong, true) => Quoted + Wrong,
            (ClosedNumber or ClosedWrong, false) => AfterClosed,
            (AfterClosed, _) => AfterClosed,
            _ => NextOfNumber(state, value, dialect),
        };
    }

    private static byte NextQuoted(byte state, char value, CsvDialect dialect) => value == dialect.Quote
        ? IsNumberUnquoted(state) ? ClosedNumber : ClosedWrong
        : (byte)(Quoted + NextOfNumber(state, value, dialect));

    private static byte NextOfNumber(byte state, char value, CsvDialect dialect) => (state, PointFor(value, dialect)) switch
    {
        (Start or Blank, ' ' or '\t') => Blank,
        (Integer or Fraction or Exponent or BlankAfter, ' ' or '\t') => BlankAfter,
        (Start or Blank, '+' or '-') => Sign,
        (Start or Blank or Sign or Integer, >= '0' and <= '9') => Integer,
        (Start or Blank or Sign, '.') => Point,
        (Integer, '.') => Fraction,
        (Point or Fraction, >= '0' and <= '9') => Fraction,
        (Integer or Fraction, 'e' or 'E') => ExponentMark,
        (ExponentMark, '+' or '-') => ExponentSign,
        (ExponentMark or ExponentSign or Exponent, >= '0' and <= '9') => Exponent,
        _ => Wrong,
    };

    // The decimal sign as a point. A point that is not the decimal sign becomes a comma, which no number holds.
    private static char PointFor(char value, CsvDialect dialect) => value == dialect.DecimalPoint ? '.' : value == '.' ? ',' : value;
}
