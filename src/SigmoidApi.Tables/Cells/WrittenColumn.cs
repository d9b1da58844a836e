using System.Globalization;

namespace SigmoidApi.Tables.Cells;

/// <summary>Counts the kinds of values in a column while they are read, for every format that has texts.</summary>
/// <param name="name">The column's name.</param>
/// <param name="convention">How to read ambiguous values.</param>
internal sealed partial class WrittenColumn(string name, WrittenConvention convention)
{
    // Longer numbers are never stored as whole numbers: they may not fit into 64 bits.
    private const int MostDigits = 18;

    // A number with fewer digits is never beyond the range of float64.
    private const int LongestFinite = 300;

    // With at least this share of numbers or dates, a column of texts is likely a column of numbers or dates with some unknown values.
    private const double LikelyShare = 0.5;

    // Up to this share, other values in a column of numbers are mistakes; with more of them the column is text.
    private const double MistakenShare = 0.01;

    /// <summary>The dates that an error message says are expected.</summary>
    public const string ExpectedDate = "a date as 2024-01-31 or 2024-01-31T12:00:00Z";

    private readonly long[] _counts = new long[(int)WrittenKind.Text + 1];
    private readonly List<DatasetError>?[] _first = new List<DatasetError>?[(int)WrittenKind.Text + 1];
    private QuantityStyles _styles;
    private DecimalEvidence _decimals;
    private DateOrders _possibleOrders = DateOrders.Dmy | DateOrders.Mdy;
    private bool _needsOrder;
    private bool _hasOpenTimes;
    private int _longestInteger;
    private WrittenKeys _keys;

    public string Name { get; } = name;

    /// <summary>How to read ambiguous values, including the order that the dates have shown.</summary>
    public WrittenConvention Convention => IsOrderShown ? convention with { Dates = DateOrder } : convention;

    /// <summary>Whether to count every number other than 0 and 1. A boolean column needs it, to report them as mistakes.</summary>
    public bool CountsOtherNumbers { get; init; }

    /// <summary>The number of plain numbers.</summary>
    public long Numbers { get; set; }

    /// <summary>The number of marks (<see cref="MissingWords.Marks"/>): missing values in a column of numbers or dates, levels in a column of texts.</summary>
    public long Marks { get; set; }

    public bool HasOtherNumbers { get; private set; }

    public bool HasFractions { get; set; }

    /// <summary>Whether further short numbers of the usual form only need to be counted.</summary>
    public bool IsSettled { get; set; }

    /// <summary>Whether any number has blanks around it. They must be removed if the column is of keys.</summary>
    public bool HasPadding { get; set; }

    /// <summary>
    /// Whether cells have blanks that must be removed, which DuckDB does only for numbers, or mean a missing value with a word that DuckDB can't be given.
    /// </summary>
    public bool HasBlanks { get; set; }

    /// <summary>Whether the column has any value.</summary>
    public bool HasValues => All > 0;

    /// <summary>Whether the column has neither marks nor quantities.</summary>
    public bool IsPlain => Marks + Count(WrittenKind.Quantity) == 0;

    /// <summary>What the numbers show about the decimal sign; nothing if most values are not numbers.</summary>
    public DecimalEvidence Decimals => Readable <= LikelyShare * All
        ? default
        : _decimals with { IsOfNumbers = All - Readable <= DecimalEvidence.MistakenShare * Readable };

    /// <summary>The order of the dates, if they need one and it is known; otherwise null.</summary>
    public DateOrder? DateOrder => _needsOrder ? convention.Dates
        : !IsOrderShown ? null
        : _possibleOrders == DateOrders.Dmy ? Tables.DateOrder.Dmy : Tables.DateOrder.Mdy;

    private bool IsOrderShown => Count(WrittenKind.OpenDate) > 0 && Count(WrittenKind.HiddenDate) == 0
        && _possibleOrders is DateOrders.Dmy or DateOrders.Mdy;

    private long Readable => Numbers + Count(WrittenKind.Quantity) + Count(WrittenKind.OtherSign);

    private long AnyDates => Count(WrittenKind.Date) + Count(WrittenKind.Time) + Count(WrittenKind.OpenDate) + Count(WrittenKind.HiddenDate);

    private long All => Readable + AnyDates + Count(WrittenKind.Boolean) + Count(WrittenKind.TooLarge) + Count(WrittenKind.Text);

    /// <summary>Whether the numbers have shown one of these signs.</summary>
    public bool HasShown(DecimalSigns signs) => (_decimals.Signs & signs) != 0;

    /// <summary>Records what a plain number shows about the decimal sign.</summary>
    public void AddSigns(DecimalSigns signs, bool hasThousands = false) => _decimals.Add(signs, hasThousands);

    /// <summary>Records a whole number with many digits, a sign or leading zeros.</summary>
    /// <param name="digits">Digits only.</param>
    /// <param name="hasPlus">Whether a plus precedes them.</param>
    public void AddInteger(ReadOnlySpan<byte> digits, bool hasPlus = false)
    {
        _longestInteger = Math.Max(_longestInteger, digits.Length);
        _keys.AddInteger(digits, hasPlus);
    }

    /// <summary>Records a plain number with a fraction or an exponent.</summary>
    /// <param name="hasLeadingZero">Whether it begins with a zero that it would lose when stored as a number.</param>
    public void AddFraction(bool hasLeadingZero)
    {
        HasFractions = true;
        _keys.AddZero(hasLeadingZero);
    }

    /// <summary>Counts a plain number beyond the range of float64.</summary>
    public void AddTooLarge(long line, ReadOnlySpan<byte> shown) => Add(WrittenKind.TooLarge, line, shown);

    /// <summary>Counts a plain number other than 0 and 1.</summary>
    public void AddOtherNumber(long line, ReadOnlySpan<byte> shown)
    {
        HasOtherNumbers = true;
        Add(WrittenKind.OtherNumber, line, shown);
    }

    /// <summary>Keeps one of the first plain numbers for error messages: it is a mistake if the column turns out to have another type.</summary>
    public void ShowNumber(long line, ReadOnlySpan<byte> shown) => Show(WrittenKind.Number, line, shown);

    /// <summary>Counts a number of a format that has numbers. It always has a decimal point, so it shows nothing about the sign in texts.</summary>
    /// <param name="number">As JSON writes it.</param>
    /// <param name="isWhole">Whether it consists of digits, with or without a minus.</param>
    /// <param name="line">Its line.</param>
    public void AddNumber(ReadOnlySpan<byte> number, bool isWhole, long line)
    {
        if (Numbers++ < InvalidDatasetException.MaxErrors)
            ShowNumber(line, number);
        if ((CountsOtherNumbers || !HasOtherNumbers) && number is not [(byte)'0' or (byte)'1']
            && double.Parse(number, CultureInfo.InvariantCulture) is not (0 or 1))
        {
            AddOtherNumber(line, number);
        }

        if (!isWhole)
            HasFractions = true;
        else if (WrittenKeys.IsLong(number.Length))
            AddInteger(number.TrimStart((byte)'-'));
    }

    /// <summary>Counts a true or false of a format that has them.</summary>
    public void AddBoolean(bool value, long line) => Add(WrittenKind.Boolean, line, value ? "true"u8 : "false"u8);

    /// <summary>Counts a text, which may be a value or mean a missing value.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="missing">The texts that mean a missing value.</param>
    /// <param name="line">Its line.</param>
    /// <returns>Whether the text means a missing value even in a column of texts.</returns>
    public bool AddCell(ReadOnlySpan<byte> text, MissingWords missing, long line)
    {
        var trimmed = TextCursor.Trim(text);
        if (missing.IsNull(trimmed))
            return true;
        if (missing.IsMark(trimmed))
            Marks++;
        else
            AddText(trimmed, line, text);
        return false;
    }

    /// <summary>Counts a text that does not mean a missing value.</summary>
    /// <param name="text">UTF-8, without blanks around it.</param>
    /// <param name="line">Its line.</param>
    /// <param name="shown">The text for error messages; empty for the text itself.</param>
    public void AddText(ReadOnlySpan<byte> text, long line, ReadOnlySpan<byte> shown = default)
    {
        if (shown.IsEmpty)
            shown = text;
        if (WrittenValue.TruthOf(text) is not null)
            Add(WrittenKind.Boolean, line, shown);
        else if (WrittenDate.Of(text, convention.Dates) is var date && (date.Kind != WrittenDateKind.None || date.Orders != DateOrders.None))
            Add(KindOf(date, text), line, shown);
        else if (!WrittenNumber.TryRead(text, out var number))
            Add(WrittenKind.Text, line, shown);
        else if (!number.IsPlain(convention.DecimalPoint))
            Add(KindOf(number), line, shown);
        else if (number.Value(convention.DecimalPoint) is { } value)
            AddPlain(number, value, convention.DecimalPoint, line, shown);
        else
            AddTooLarge(line, shown);
    }

    private void AddPlain(in WrittenNumber number, double value, char decimalPoint, long line, ReadOnlySpan<byte> shown)
    {
        if (Numbers++ < InvalidDatasetException.MaxErrors)
            ShowNumber(line, shown);
        if ((CountsOtherNumbers || !HasOtherNumbers) && value is not (0 or 1))
            AddOtherNumber(line, shown);
        _decimals.Add(number.Signs, number.Thousands != WrittenThousands.None);
        if (number.HasFraction(decimalPoint))
            AddFraction(number.HasLeadingZero);
        else
            AddInteger(number.Digits, number.HasPlus);
    }

    private WrittenKind KindOf(in WrittenNumber number)
    {
        _decimals.Add(number.Signs, number.Thousands != WrittenThousands.None);
        if (!number.IsReadable(convention.DecimalPoint))
            return WrittenKind.OtherSign;
        if (number.Digits.Length > LongestFinite && number.Value(convention.DecimalPoint) is null)
            return WrittenKind.TooLarge;
        var hasFraction = number.HasFraction(convention.DecimalPoint);
        HasFractions |= hasFraction;
        _keys.AddZero(!hasFraction && number.HasLeadingZero);
        _longestInteger = Math.Max(_longestInteger, number.IntegerDigits(convention.DecimalPoint));
        _styles.Add(number, hasFraction);
        return WrittenKind.Quantity;
    }

    private WrittenKind KindOf(WrittenDate date, ReadOnlySpan<byte> text)
    {
        if (date.Kind != WrittenDateKind.None)
        {
            _needsOrder |= date.Orders != DateOrders.None;
            return date.Kind == WrittenDateKind.Date ? WrittenKind.Date : WrittenKind.Time;
        }

        if (!date.ShowsOrder || convention.Dates is not null)
            return WrittenKind.HiddenDate;
        _possibleOrders &= date.Orders;
        var order = date.Orders.HasFlag(DateOrders.Dmy) ? Tables.DateOrder.Dmy : Tables.DateOrder.Mdy;
        _hasOpenTimes = _hasOpenTimes || WrittenDate.Of(text, order).Kind == WrittenDateKind.Time;
        return WrittenKind.OpenDate;
    }

    private long Count(WrittenKind kind) => kind == WrittenKind.Number ? Numbers : _counts[(int)kind];

    private void Add(WrittenKind kind, long line, ReadOnlySpan<byte> shown)
    {
        if (_counts[(int)kind]++ < InvalidDatasetException.MaxErrors)
            Show(kind, line, shown);
    }

    private void Show(WrittenKind kind, long line, ReadOnlySpan<byte> shown) => (_first[(int)kind] ??= []).Add(new(line, Name, ShownText.Of(shown)));

    private void AddMistakes(WrittenMistakes mistakes, IEnumerable<WrittenKind> kinds, string expected, string rest = "")
    {
        WrittenKind[] bad = [.. kinds];
        mistakes.Add(bad.Sum(Count), bad.SelectMany(kind => _first[(int)kind] ?? []), expected, rest);
    }
}
