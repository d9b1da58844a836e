namespace SigmoidApi.Tables.Cells;

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
    public const double MistakenShare = 0.01;

    private long _commas;
    private long _commasOrThousands;
    private long _pointsOrThousands;
    private bool _isCertain;

    /// <summary>All that any number says.</summary>
    public DecimalSigns Signs { get; private set; }

    /// <summary>The same, but that a few decimal commas among many possible thousands are mistakes: they do not make thousandths of the others.</summary>
    public readonly DecimalSigns SignsWithoutMistakes => _commas <= MistakenShare * _commasOrThousands ? Signs & ~DecimalSigns.Comma : Signs;

    /// <summary>
    /// Whether all values of the column are numbers, but for what may be mistakes: codes among words say little about the numbers of other columns.
    /// </summary>
    public bool IsOfNumbers { get; init; }

    /// <summary>The sign that the column shows by itself; null where it shows none, or both.</summary>
    public readonly char? Point => (SignsWithoutMistakes & (DecimalSigns.Comma | DecimalSigns.Point)) switch
    {
        DecimalSigns.Comma => ',',
        DecimalSigns.Point => '.',
        _ => null,
    };

    /// <summary>Whether each of them, but for a few decimal commas, can be read with either sign, and any as two numbers.</summary>
    public readonly bool IsAmbiguous => Signs != DecimalSigns.None && (Signs & DecimalSigns.Point) == 0 && (_commas == 0 || AreCommasMistakes);

    /// <summary>
    /// Whether decimal commas are so few among points that may be thousands or decimal that they may be mistakes: each would make a thousandfold of a hundred
    /// others. One such as <c>1.234,5</c> is none.
    /// </summary>
    public readonly bool AreCommasMistakes => _commas > 0 && !_isCertain && _commas <= MistakenShare * _pointsOrThousands;

    /// <summary>The evidence of two columns together.</summary>
    public static DecimalEvidence operator +(DecimalEvidence left, DecimalEvidence right) => new()
    {
        Signs = left.Signs | right.Signs,
        _commas = left._commas + right._commas,
        _commasOrThousands = left._commasOrThousands + right._commasOrThousands,
        _pointsOrThousands = left._pointsOrThousands + right._pointsOrThousands,
        _isCertain = left._isCertain || right._isCertain,
    };

    public void Add(DecimalSigns signs, bool hasThousands = false)
    {
        Signs |= signs;
        _commas += (signs & DecimalSigns.Comma) != 0 ? 1 : 0;
        _commasOrThousands += (signs & DecimalSigns.CommaOrThousands) != 0 ? 1 : 0;
        _pointsOrThousands += (signs & DecimalSigns.PointOrThousands) != 0 ? 1 : 0;
        _isCertain |= hasThousands && (signs & DecimalSigns.Comma) != 0;
    }
}

/// <summary>The decimal sign of a file.</summary>
/// <param name="Point">A point or a comma.</param>
/// <param name="IsShown">
/// Whether a number shows it that can be read in no other way, and none of such a column shows the other; else it is a guess.
/// </param>
internal readonly record struct DecimalSign(char Point, bool IsShown)
{
    /// <summary>
    /// Tells decimal commas from decimal points by all the numbers of a file. Thousands never become thousandths on a guess: where every comma of a column can stand
    /// between thousands, and semicolons do not say that the comma is decimal, that is where they stand. Columns of numbers alone come first, and those with
    /// texts among their numbers only where the first show no sign.
    /// </summary>
    /// <param name="columns">What the numbers of each column say.</param>
    /// <param name="delimiter">Between cells; null of a format that has none.</param>
    /// <param name="likely">The sign where no number shows one; null where it is guessed by the delimiter.</param>
    public static DecimalSign Of(IEnumerable<DecimalEvidence> columns, char? delimiter, char? likely)
    {
        var all = columns.ToArray();
        var signs = Array.ConvertAll(all, SignsOf);
        var ofNumbers = Sum(all.Where(column => column.IsOfNumbers).Select(SignsOf));
        var ofAll = Sum(signs);
        const DecimalSigns Sure = DecimalSigns.Comma | DecimalSigns.Point;
        var shown = ofNumbers & Sure;
        if (shown == DecimalSigns.None)
            shown = ofAll & Sure;
        // Where commas part cells, those with a comma are in quotes, as thousands are wherever a point is the decimal sign: each column with any must show that
        // they are decimal.
        const DecimalSigns Commas = DecimalSigns.Comma | DecimalSigns.CommaOrThousands;
        var isGuess = all.Aggregate(default(DecimalEvidence), (sum, column) => sum + column).AreCommasMistakes;
        if (isGuess && likely is { } usual)
            return new(usual, IsShown: false);
        if (shown == DecimalSigns.Comma && (delimiter != ',' || Array.TrueForAll(signs, column => (column & Commas) != DecimalSigns.CommaOrThousands)))
            return new(',', IsShown: !isGuess);
        if (shown == DecimalSigns.Point)
            return new('.', IsShown: true);
        if (likely is { } known)
            return new(known, IsShown: false);
        // What stands between cells where the comma is taken, as the decimal sign.
        return new(delimiter == ';' && ofAll == DecimalSigns.CommaOrThousands ? ',' : '.', IsShown: false);

        DecimalSigns SignsOf(DecimalEvidence column) => delimiter == ';' ? column.Signs : column.SignsWithoutMistakes;

        static DecimalSigns Sum(IEnumerable<DecimalSigns> some) => some.Aggregate(DecimalSigns.None, (sum, column) => sum | column);
    }
}
