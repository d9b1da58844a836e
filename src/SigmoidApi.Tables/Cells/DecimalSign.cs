namespace SigmoidApi.Tables.Cells;

/// <summary>What a number shows about the decimal sign. Three digits after a sign may also be thousands: <c>1,234</c>.</summary>
[Flags]
internal enum DecimalSigns : byte
{
    None = 0,

    /// <summary>The decimal sign is certainly a comma: <c>1,5</c>, <c>0,125</c>, <c>1.234,5</c>, or points between thousands, <c>1.234.567</c>.</summary>
    Comma = 1,

    /// <summary>The comma is decimal or separates thousands: <c>1,234</c>.</summary>
    CommaOrThousands = 2,

    /// <summary>The decimal sign is certainly a point: <c>1.5</c>, <c>0.125</c>, <c>1,234.5</c>, or commas between thousands, <c>1,234,567</c>.</summary>
    Point = 4,

    /// <summary>The point is decimal or separates thousands: <c>1.234</c>.</summary>
    PointOrThousands = 8,
}

/// <summary>What all numbers of a column show about the decimal sign.</summary>
internal struct DecimalEvidence
{
    // The share of cells in a column of numbers that may be something else by mistake.
    public const double MistakenShare = 0.01;

    private long _commas;
    private long _commasOrThousands;
    private long _pointsOrThousands;
    private bool _isCertain;

    /// <summary>The signs of all numbers together.</summary>
    public DecimalSigns Signs { get; private set; }

    /// <summary>
    /// <see cref="Signs"/> without decimal commas, if they are so rare among possible thousands that they count as mistakes. So they do not turn the
    /// thousands of the other numbers into fractions.
    /// </summary>
    public readonly DecimalSigns SignsWithoutMistakes => _commas <= MistakenShare * _commasOrThousands ? Signs & ~DecimalSigns.Comma : Signs;

    /// <summary>
    /// Whether the column consists of numbers, except for possible mistakes. Codes among words say little about the numbers of other columns.
    /// </summary>
    public bool IsOfNumbers { get; init; }

    /// <summary>The sign that this column shows by itself; null if it shows none, or both.</summary>
    public readonly char? Point => (SignsWithoutMistakes & (DecimalSigns.Comma | DecimalSigns.Point)) switch
    {
        DecimalSigns.Comma => ',',
        DecimalSigns.Point => '.',
        _ => null,
    };

    /// <summary>Whether every number, except for a few decimal commas, can be read with either sign, and some number differs by the sign.</summary>
    public readonly bool IsAmbiguous => Signs != DecimalSigns.None && (Signs & DecimalSigns.Point) == 0 && (_commas == 0 || AreCommasMistakes);

    /// <summary>
    /// Whether decimal commas are so rare among ambiguous points that they may be mistakes: one comma would multiply a hundred other numbers by a thousand.
    /// A number such as <c>1.234,5</c> is never a mistake.
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
/// <param name="IsShown">Whether an unambiguous number shows the sign and none shows the other one. Otherwise the sign is a guess.</param>
internal readonly record struct DecimalSign(char Point, bool IsShown)
{
    /// <summary>
    /// Finds the decimal sign from all numbers of a file. A guess never turns thousands into fractions: if every comma of a column can separate thousands,
    /// it does, unless semicolons between cells suggest decimal commas. Columns of numbers decide; columns with texts among their numbers count only if the
    /// others show no sign.
    /// </summary>
    /// <param name="columns">What the numbers of each column show.</param>
    /// <param name="delimiter">The character between cells; null for a format without one.</param>
    /// <param name="likely">The sign to use if no number shows one; null to guess it from the delimiter.</param>
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
        // If commas separate cells, numbers with a comma are quoted, as thousands are in files with decimal points. So each column with commas must show that
        // its commas are decimal.
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
        // A semicolon separates cells where the comma is already in use as the decimal sign.
        return new(delimiter == ';' && ofAll == DecimalSigns.CommaOrThousands ? ',' : '.', IsShown: false);

        DecimalSigns SignsOf(DecimalEvidence column) => delimiter == ';' ? column.Signs : column.SignsWithoutMistakes;

        static DecimalSigns Sum(IEnumerable<DecimalSigns> some) => some.Aggregate(DecimalSigns.None, (sum, column) => sum | column);
    }
}
