using System.Text;

namespace SigmoidApi.Datasets.Formats;

/// <summary>What the cells of a column of separated values are, counted as they are read.</summary>
internal sealed class CsvColumn(string name)
{
    // A longer whole number is no quantity that a float64 could hold: an account, a card, a key.
    private const int MostDigits = 16;

    // Of a column of numbers so much may be something else, and is then taken for a mistake; with more of it the column is text.
    private const double MistakenShare = 0.01;

    public string Name { get; } = name;

    public long Numbers { get; set; }

    public long Booleans { get; private set; }

    public long Dates { get; private set; }

    public long Times { get; private set; }

    public long Texts { get; private set; }

    /// <summary>Missing values in a column of numbers or dates, a level in one of texts.</summary>
    public long QuestionMarks { get; set; }

    public bool HasFractions { get; set; }

    public bool HasLeadingZeros { get; set; }

    /// <summary>Digits of the longest whole number that is not plainly a small one.</summary>
    public int LongestInteger { get; set; }

    /// <summary>Whether blanks around cells must be taken off, which DuckDB does of numbers alone, or cells stand for a missing value that it does not know.</summary>
    public bool HasBlanks { get; set; }

    /// <summary>The first cells that are no numbers: line, column, and what came.</summary>
    public List<DatasetError> FirstOthers { get; } = [];

    private long Others => Booleans + Dates + Times + Texts;

    public void AddOther(ReadOnlySpan<byte> text)
    {
        // Once there is text, it decides.
        if (Texts > 0)
            Texts++;
        else if (IsBoolean(text))
            Booleans++;
        else if (CsvDate.KindOf(text) is not CsvDateKind.None and var kind)
            AddDate(kind);
        else
            Texts++;
    }

    /// <summary>What the column is to be kept as.</summary>
    /// <param name="wanted">What the upload says it is, or null.</param>
    /// <param name="mistakes">Told of cells that are not what the upload says, and of a few among numbers that are none.</param>
    public StoredType Type(ColumnType? wanted, CsvMistakes mistakes)
    {
        switch (wanted)
        {
            case ColumnType.Category or ColumnType.Text:
                return StoredType.Text;
            case ColumnType.Number:
                mistakes.Add(this, Others, "a number");
                return NumberType(asQuantity: true);
            case ColumnType.Boolean:
                mistakes.Add(this, Dates + Times + Texts, "true or false");
                return Numbers == 0 ? StoredType.Boolean : NumberType(asQuantity: true);
            case ColumnType.DateTime:
                mistakes.Add(this, Numbers + Booleans + Texts, "a date as 2024-01-31 or 2024-01-31T12:00:00Z");
                return DateType();
            default:
                return FoundType(mistakes);
        }
    }

    private StoredType FoundType(CsvMistakes mistakes)
    {
        if (Others > 0 && Others <= Math.Max(1, MistakenShare * Numbers) && Numbers > 0)
        {
            mistakes.Add(this, Others, "a number",
                $", as the other {Numbers} cells of the column are; where it is right as it is, upload with types={Name}:category, where it stands for a missing value, with nullValue");
            return StoredType.Text;
        }

        if (Others == 0)
            return Numbers == 0 && QuestionMarks > 0 ? StoredType.Text : NumberType(asQuantity: false);
        if (Numbers + Texts > 0)
            return StoredType.Text;
        if (Booleans > 0)
            return Dates + Times == 0 ? StoredType.Boolean : StoredType.Text;
        return DateType();
    }

    private StoredType DateType() => Times > 0 ? StoredType.Time : StoredType.Date;

    private StoredType NumberType(bool asQuantity)
    {
        if (HasFractions)
            return StoredType.Real;
        // Codes: their zeros are lost in a number, or their last digits.
        if (!asQuantity && (HasLeadingZeros || LongestInteger > MostDigits))
            return StoredType.Text;
        return LongestInteger >= MostDigits ? StoredType.Real : StoredType.Whole;
    }

    private void AddDate(CsvDateKind kind)
    {
        if (kind == CsvDateKind.Date)
            Dates++;
        else
            Times++;
    }

    private static bool IsBoolean(ReadOnlySpan<byte> text) =>
        text.Length is 4 or 5 && (Ascii.EqualsIgnoreCase(text, "true"u8) || Ascii.EqualsIgnoreCase(text, "false"u8));
}

/// <summary>The cells of a file that are not what their columns are, by line.</summary>
internal sealed class CsvMistakes
{
    private readonly List<DatasetError> _first = [];
    private long _count;

    public void Add(CsvColumn column, long count, string expected, string rest = "")
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
