namespace SigmoidApi.Datasets.Formats;

/// <summary>What numbers say about the sign between whole and fraction. Three digits after a sign may as well be thousands: <c>1,234</c>.</summary>
[Flags]
internal enum DecimalSigns : byte
{
    None = 0,

    /// <summary>A decimal comma and nothing else: <c>1,5</c>, <c>0,125</c>, <c>1.234,5</c>; or points between thousands, <c>1.234.567</c>.</summary>
    Comma = 1,

    /// <summary><c>1,234</c>.</summary>
    CommaOrThousands = 2,

    /// <summary>A decimal point and nothing else: <c>1.5</c>, <c>0.125</c>, <c>1,234.5</c>; or commas between thousands, <c>1,234,567</c>.</summary>
    Point = 4,

    /// <summary><c>1.234</c>.</summary>
    PointOrThousands = 8,
}

/// <summary>What the numbers of a column say, taken together.</summary>
internal struct DecimalEvidence
{
    // As of a column of numbers so many cells may be something else by mistake.
    private const double MistakenShare = 0.01;

    private long _commas;
    private long _commasOrThousands;

    /// <summary>All that any number says.</summary>
    public DecimalSigns Signs { get; private set; }

    /// <summary>The same, but that a few decimal commas among many possible thousands are mistakes: they do not make thousandths of the others.</summary>
    public readonly DecimalSigns SignsWithoutMistakes => _commas <= MistakenShare * _commasOrThousands ? Signs & ~DecimalSigns.Comma : Signs;

    public void Add(DecimalSigns signs)
    {
        Signs |= signs;
        _commas += (signs & DecimalSigns.Comma) != 0 ? 1 : 0;
        _commasOrThousands += (signs & DecimalSigns.CommaOrThousands) != 0 ? 1 : 0;
    }
}

/// <summary>
/// Tells decimal commas from decimal points by all the numbers of a file. Thousands never become thousandths on a guess: where every comma of a column can stand between thousands,
/// and semicolons do not say that the comma is decimal, that is where they stand.
/// </summary>
internal static class DecimalSign
{
    /// <summary>The decimal sign of a file.</summary>
    /// <param name="columns">What the numbers of each column say.</param>
    /// <param name="delimiter">Between cells.</param>
    public static char Of(IReadOnlyList<DecimalEvidence> columns, char delimiter)
    {
        var signs = columns.Select(column => delimiter == ';' ? column.Signs : column.SignsWithoutMistakes).ToArray();
        var all = signs.Aggregate(DecimalSigns.None, (sum, column) => sum | column);
        var isComma = delimiter switch
        {
            // Cells with a comma are in quotes here, as thousands are wherever a point is the decimal sign. So commas must be decimal beyond doubt, in each column that has any.
            ',' => all.HasFlag(DecimalSigns.Comma) && (all & (DecimalSigns.Point | DecimalSigns.PointOrThousands)) == 0
                && Array.TrueForAll(signs, column => (column & (DecimalSigns.Comma | DecimalSigns.CommaOrThousands)) != DecimalSigns.CommaOrThousands),
            _ when all.HasFlag(DecimalSigns.Point) => false,
            _ when all.HasFlag(DecimalSigns.Comma) => true,
            // What stands between cells where the comma is taken, as the decimal sign.
            ';' => (all & (DecimalSigns.CommaOrThousands | DecimalSigns.PointOrThousands)) == DecimalSigns.CommaOrThousands,
            _ => false,
        };
        return isComma ? ',' : '.';
    }

    /// <summary>What one cell says, without the blanks and quotes around it; nothing, where it is no number or has no sign in it.</summary>
    public static DecimalSigns In(ReadOnlySpan<byte> cell)
    {
        if (cell is [(byte)'+' or (byte)'-', ..])
            cell = cell[1..];
        // Most cells that are no numbers are words.
        if (cell is not [<= (byte)'9', ..])
            return DecimalSigns.None;
        var last = cell.LastIndexOfAny((byte)',', (byte)'.');
        if (last < 0 || !IsDigits(cell[(last + 1)..], out var digits, out var hasExponent))
            return DecimalSigns.None;

        var whole = cell[..last];
        var sign = cell[last];
        var other = sign == (byte)',' ? (byte)'.' : (byte)',';
        var (decimals, either) = sign == (byte)',' ? (DecimalSigns.Comma, DecimalSigns.CommaOrThousands) : (DecimalSigns.Point, DecimalSigns.PointOrThousands);
        var threeFollow = digits == 3 && !hasExponent;
        if (whole.IndexOfAny((byte)',', (byte)'.') < 0)
        {
            if (whole.ContainsAnyExceptInRange((byte)'0', (byte)'9') || whole.Length + digits == 0)
                return DecimalSigns.None;
            return threeFollow && AreThousands(whole, other) ? either : decimals;
        }

        if (AreThousands(whole, other))
            return decimals;
        return threeFollow && AreThousands(whole, sign) ? (DecimalSigns.Comma | DecimalSigns.Point) & ~decimals : DecimalSigns.None;
    }

    /// <summary>Whether a text is 1 to 3 digits that do not begin with a zero, then groups of three, each after a separator.</summary>
    public static bool AreThousands(ReadOnlySpan<byte> whole, byte separator)
    {
        var length = whole.IndexOf(separator) is >= 0 and var end ? end : whole.Length;
        if (length is < 1 or > 3 || whole[0] == (byte)'0' || (whole.Length - length) % 4 != 0)
            return false;
        for (var i = 0; i < whole.Length; i++)
        {
            var isSeparator = i >= length && (i - length) % 4 == 0;
            if (isSeparator ? whole[i] != separator : !char.IsAsciiDigit((char)whole[i]))
                return false;
        }

        return true;
    }

    private static bool IsDigits(ReadOnlySpan<byte> fraction, out int digits, out bool hasExponent)
    {
        digits = fraction.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is >= 0 and var end ? end : fraction.Length;
        hasExponent = digits < fraction.Length;
        return !hasExponent || IsExponent(fraction[digits..]);
    }

    /// <summary>Whether a text is <c>e5</c>, <c>E-05</c> and the like.</summary>
    private static bool IsExponent(ReadOnlySpan<byte> text)
    {
        if (text is not [(byte)'e' or (byte)'E', .. var power])
            return false;
        if (power is [(byte)'+' or (byte)'-', ..])
            power = power[1..];
        return !power.IsEmpty && !power.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    /// <summary>Whether a cell is a number, whatever its decimal sign.</summary>
    public static bool IsNumber(ReadOnlySpan<byte> cell)
    {
        var digits = cell is [(byte)'+' or (byte)'-', ..] ? cell[1..] : cell;
        var end = digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return In(cell) != DecimalSigns.None || (end < 0 ? digits.Length > 0 : end > 0 && IsExponent(digits[end..]));
    }
}
