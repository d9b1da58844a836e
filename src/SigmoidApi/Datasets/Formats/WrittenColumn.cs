using System.Globalization;
using System.Text;
using SigmoidApi.Datasets.Profile;

namespace SigmoidApi.Datasets.Formats;

/// <summary>What the cells of a column of separated values are, counted as they are read.</summary>
/// <param name="name">Its name.</param>
/// <param name="decimalPoint">The decimal sign that its numbers are read by.</param>
internal sealed class WrittenColumn(string name, char decimalPoint)
{
    // No larger ones are kept as whole numbers, whatever an upload says they are.
    private const int MostDigits = 18;

    // From so much of it on a column of texts is likely to be one of numbers with something in it that is not known here.
    private const double LikelyShare = 0.5;

    // Of a column of numbers so much may be something else, and is then taken for a mistake; with more of it the column is text.
    private const double MistakenShare = 0.01;

    public string Name { get; } = name;

    public long Numbers { get; set; }

    public long Booleans { get; private set; }

    public long Dates { get; private set; }

    public long Times { get; private set; }

    public long Texts { get; private set; }

    /// <summary>Numbers as people write them; <see cref="WrittenNumber"/>.</summary>
    public long Written { get; private set; }

    /// <summary>Missing values in a column of numbers or dates, levels in one of texts; <see cref="CsvDialect.Marks"/>.</summary>
    public long Marks { get; set; }

    /// <summary>Numbers that are written otherwise than 0 or 1.</summary>
    public bool HasOtherNumbers { get; set; }

    public bool HasFractions { get; set; }

    public bool HasLeadingZeros { get; set; }

    /// <summary>Whether blanks around cells must be taken off, which DuckDB does of numbers alone, or cells stand for a missing value that it does not know.</summary>
    public bool HasBlanks { get; set; }

    /// <summary>The first cells that are no numbers: line, column, and what came.</summary>
    public List<DatasetError> FirstOthers { get; } = [];

    /// <summary>What a person should know of a column that is kept as texts.</summary>
    public ColumnWarning? Hint => Texts > 0 && _slashDates == Texts ? ColumnWarning.AmbiguousDates
        : Texts > 0 && Numbers + Written >= LikelyShare * (Numbers + Written + Others) ? ColumnWarning.MostlyNumbers
        : null;

    /// <summary>The order of its dates, where they need one.</summary>
    public DateOrder? DateOrder { get; }

    private long Others => Booleans + Dates + Times + Texts;

    private long _percents;
    private long _slashDates;
    private bool _hasInexact;
    private int _longestInteger;

    /// <summary>Takes a whole number of many digits, or of a sign or zeros before them.</summary>
    /// <param name="digits">Nothing else.</param>
    public void AddInteger(ReadOnlySpan<byte> digits)
    {
        _longestInteger = Math.Max(_longestInteger, digits.Length);
        // One that float64 can't hold is no quantity: an account, a card, a key.
        _hasInexact |= digits.Length > 19 || (digits.Length > 15 && ulong.Parse(digits, CultureInfo.InvariantCulture) is var value && (ulong)(double)value != value);
    }

    /// <summary>Takes a cell that is no plain number. Returns whether it is one all the same, as people write it.</summary>
    public bool AddText(ReadOnlySpan<byte> text)
    {
        // Once there is text, it decides.
        if (Texts > 0)
            AddWord(text);
        else if (IsBoolean(text))
            Booleans++;
        else if (WrittenDate.KindOf(text, out _) is not WrittenDateKind.None and var kind)
            AddDate(kind);
        else if (WrittenNumber.Is(text, decimalPoint, out var hasFraction, out var isPercent))
            return AddWritten(text.Length, hasFraction, isPercent);
        else
            AddWord(text);
        return false;
    }

    /// <summary>What the column is to be kept as.</summary>
    /// <param name="wanted">What the upload says it is, or null.</param>
    /// <param name="mistakes">Told of cells that are not what the upload says, and of a few among numbers that are none.</param>
    public StoredType Type(ColumnType? wanted, WrittenMistakes mistakes)
    {
        switch (wanted)
        {
            case ColumnType.Category or ColumnType.Text:
                return StoredType.Text;
            case ColumnType.Number:
                mistakes.Add(this, Others, "a number");
                return NumberType(asQuantity: true);
            case ColumnType.Boolean:
                mistakes.Add(this, Dates + Times + Texts + Written + (HasOtherNumbers ? Numbers : 0), "true, false, 1 or 0");
                return StoredType.Boolean;
            case ColumnType.DateTime:
                mistakes.Add(this, Numbers + Written + Booleans + Texts, "a date as 2024-01-31 or 2024-01-31T12:00:00Z");
                return DateType();
            default:
                return FoundType(mistakes);
        }
    }

    private StoredType FoundType(WrittenMistakes mistakes)
    {
        var numbers = Numbers + Written;
        if (Booleans > 0 && Booleans == Others && Written == 0 && !HasOtherNumbers)
            return StoredType.Boolean;
        if (Others > 0 && Others <= Math.Max(1, MistakenShare * numbers) && numbers > 0)
        {
            mistakes.Add(this, Others, "a number",
                $", as the other {numbers} cells of the column are; where it is right as it is, upload with types={Name}:category, where it stands for a missing value, with nullValue");
            return StoredType.Text;
        }

        if (Others == 0)
            return (numbers == 0 && Marks > 0) || (_percents > 0 && _percents < numbers) ? StoredType.Text : NumberType(asQuantity: false);
        return numbers + Texts + Booleans > 0 ? StoredType.Text : DateType();
    }

    private StoredType DateType() => Times > 0 ? StoredType.Time : StoredType.Date;

    private StoredType NumberType(bool asQuantity)
    {
        if (HasFractions)
            return StoredType.Real;
        // Codes: their zeros are lost in a number, or their last digits.
        if (!asQuantity && (HasLeadingZeros || _hasInexact))
            return StoredType.Text;
        return _longestInteger > MostDigits ? StoredType.Real : StoredType.Whole;
    }

    private bool AddWritten(int length, bool hasFraction, bool isPercent)
    {
        Written++;
        // No fewer than its digits.
        _longestInteger = Math.Max(_longestInteger, length);
        _percents += isPercent ? 1 : 0;
        HasFractions |= hasFraction;
        return true;
    }

    private void AddWord(ReadOnlySpan<byte> text)
    {
        if (_slashDates == Texts && WrittenDate.IsAmbiguous(text))
            _slashDates++;
        Texts++;
    }

    private void AddDate(WrittenDateKind kind)
    {
        if (kind == WrittenDateKind.Date)
            Dates++;
        else
            Times++;
    }

    private static bool IsBoolean(ReadOnlySpan<byte> text) =>
        text.Length is 4 or 5 && (Ascii.EqualsIgnoreCase(text, "true"u8) || Ascii.EqualsIgnoreCase(text, "false"u8));
}

/// <summary>The cells of a file that are not what their columns are, by line.</summary>
internal sealed class WrittenMistakes
{
    private readonly List<DatasetError> _first = [];
    private long _count;

    public void Add(WrittenColumn column, long count, string expected, string rest = "")
    {
        if (count == 0)
            return;
        _count += count;
        if (column.FirstOthers.Count == 0)
            _first.Add(new(1, column.Name, $"expected {expected}; the column has numbers"));
        else
            _first.AddRange(column.FirstOthers.Select(other => other with { Message = $"expected {expected}{rest}; got {other.Message}" }));
    }

    /// <exception cref="InvalidDatasetException">There are any.</exception>
    public void ThrowIfAny()
    {
        if (_count > 0)
            throw new InvalidDatasetException([.. _first.OrderBy(error => error.Line).Take(InvalidDatasetException.MaxErrors)], _count);
    }
}
