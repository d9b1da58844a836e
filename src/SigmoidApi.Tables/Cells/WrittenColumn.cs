using System.Globalization;

namespace SigmoidApi.Tables.Cells;

/// <summary>What the values of a column are, counted as they are read: of a file of any format that has texts.</summary>
/// <param name="name">Its name.</param>
/// <param name="convention">How values are read that can be written in two ways.</param>
internal sealed partial class WrittenColumn(string name, WrittenConvention convention)
{
    // No larger ones are kept as whole numbers, whatever an upload says they are.
    private const int MostDigits = 18;

    // Of fewer digits none is beyond what float64 holds.
    private const int LongestFinite = 300;

    // From so much of it on a column of texts is likely to be one of numbers or dates with something in it that is not known here.
    private const double LikelyShare = 0.5;

    // Of a column of numbers so much may be something else, and is then taken for a mistake; with more of it the column is text.
    private const double MistakenShare = 0.01;

    /// <summary>How a problem says which dates are expected.</summary>
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

    /// <summary>How its values are read, with the order that its dates have shown.</summary>
    public WrittenConvention Convention => IsOrderShown ? convention with { Dates = DateOrder } : convention;

    /// <summary>Whether each number other than 0 and 1 is counted, as a column of truth values has it.</summary>
    public bool CountsOtherNumbers { get; init; }

    /// <summary>How many plain numbers there are.</summary>
    public long Numbers { get; set; }

    /// <summary>Missing values in a column of numbers or dates, levels in one of texts; <see cref="CsvDialect.Marks"/>.</summary>
    public long Marks { get; set; }

    public bool HasOtherNumbers { get; private set; }

    public bool HasFractions { get; set; }

    /// <summary>Whether further numbers, short and written as usual, only need to be counted.</summary>
    public bool IsSettled { get; set; }

    /// <summary>Whether blanks are around numbers: they are no part of a key.</summary>
    public bool HasPadding { get; set; }

    /// <summary>Whether blanks around cells must be taken off, which DuckDB does for numbers alone, or cells stand for a missing value that it does not know.</summary>
    public bool HasBlanks { get; set; }

    /// <summary>Whether any value is there.</summary>
    public bool HasValues => All > 0;

    /// <summary>Whether its numbers are all plain.</summary>
    public bool IsPlain => Marks + Count(WrittenKind.Quantity) == 0;

    /// <summary>What its numbers say about the decimal sign; nothing, where most of its values are no numbers.</summary>
    public DecimalEvidence Decimals => Readable <= LikelyShare * All ? default
        : _decimals with { IsOfNumbers = All - Readable <= DecimalEvidence.MistakenShare * Readable };

    /// <summary>The order of its dates, where they need one and it is known.</summary>
    public DateOrder? DateOrder => _needsOrder ? convention.Dates
        : !IsOrderShown ? null
        : _possibleOrders == DateOrders.Dmy ? Tables.DateOrder.Dmy : Tables.DateOrder.Mdy;

    private bool IsOrderShown => Count(WrittenKind.OpenDate) > 0 && Count(WrittenKind.HiddenDate) == 0
        && _possibleOrders is DateOrders.Dmy or DateOrders.Mdy;

    private long Readable => Numbers + Count(WrittenKind.Quantity) + Count(WrittenKind.OtherSign);

    private long AnyDates => Count(WrittenKind.Date) + Count(WrittenKind.Time) + Count(WrittenKind.OpenDate) + Count(WrittenKind.HiddenDate);

    private long All => Readable + AnyDates + Count(WrittenKind.Boolean) + Count(WrittenKind.TooLarge) + Count(WrittenKind.Text);

    /// <summary>Whether plain numbers have said this about the decimal sign.</summary>
    public bool HasSaid(DecimalSigns signs) => (_decimals.Signs & signs) != 0;

    /// <summary>Takes what a plain number says about the decimal sign.</summary>
    public void AddSigns(DecimalSigns signs, bool hasThousands = false) => _decimals.Add(signs, hasThousands);

    /// <summary>Takes a whole number of many digits, or of a sign or zeros before them.</summary>
    /// <param name="digits">Nothing else.</param>
    /// <param name="hasPlus">Whether a plus is before them.</param>
    public void AddInteger(ReadOnlySpan<byte> digits, bool hasPlus = false)
    {
        _longestInteger = Math.Max(_longestInteger, digits.Length);
        _keys.AddInteger(digits, hasPlus);
    }

    /// <summary>Takes a plain number with a fraction or an exponent.</summary>
    /// <param name="hasLeadingZero">Whether a zero is before it that a number would lose.</param>
    public void AddFraction(bool hasLeadingZero)
    {
        HasFractions = true;
        _keys.AddZero(hasLeadingZero);
    }

    /// <summary>Takes a plain number beyond what float64 holds.</summary>
    public void AddTooLarge(long line, ReadOnlySpan<byte> shown) => Add(WrittenKind.TooLarge, line, shown);

    /// <summary>Takes a plain number that is neither 0 nor 1.</summary>
    public void AddOtherNumber(long line, ReadOnlySpan<byte> shown)
    {
        HasOtherNumbers = true;
        Add(WrittenKind.OtherNumber, line, shown);
    }

    /// <summary>Keeps one of the first plain numbers, which may prove to be mistakes.</summary>
    public void ShowNumber(long line, ReadOnlySpan<byte> shown) => Show(WrittenKind.Number, line, shown);

    /// <summary>Takes a number of a format that has numbers: it has a point whatever texts have, and so says nothing of their sign.</summary>
    /// <param name="number">As JSON writes it.</param>
    /// <param name="isWhole">Whether it is digits, with or without a minus.</param>
    /// <param name="line">Where it is.</param>
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

    /// <summary>Takes true or false of a format that has them.</summary>
    public void AddBoolean(bool value, long line) => Add(WrittenKind.Boolean, line, value ? "true"u8 : "false"u8);

    /// <summary>Takes a text as it is: a value, or one that stands for a missing value.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="missing">What stands for a missing value.</param>
    /// <param name="line">Where it is.</param>
    /// <returns>Whether it stands for a missing value in a column of texts, too.</returns>
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

    /// <summary>Takes a text that stands for no missing value.</summary>
    /// <param name="text">UTF-8, without blanks around it.</param>
    /// <param name="line">Where it is.</param>
    /// <param name="shown">How a problem shows it; empty for the text itself.</param>
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
