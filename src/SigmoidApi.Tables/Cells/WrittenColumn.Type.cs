namespace SigmoidApi.Tables.Cells;

/// <content>What the counted values make of a column: its type, the mistakes in it, and what a person should know of it.</content>
internal sealed partial class WrittenColumn
{
    private const string DateHelp = ", or dates=dmy, mdy or ymd for dates as 01/02/2024";

    private static readonly WrittenKind[] NoNumbers =
    [
        WrittenKind.OtherSign, WrittenKind.Boolean, WrittenKind.Date, WrittenKind.Time, WrittenKind.OpenDate, WrittenKind.HiddenDate, WrittenKind.TooLarge,
        WrittenKind.Text,
    ];

    private IEnumerable<WrittenKind> NoDates
    {
        get
        {
            WrittenKind[] always =
            [
                WrittenKind.Number, WrittenKind.Quantity, WrittenKind.OtherSign, WrittenKind.Boolean, WrittenKind.HiddenDate, WrittenKind.TooLarge, WrittenKind.Text,
            ];
            return IsOrderShown ? always : always.Append(WrittenKind.OpenDate);
        }
    }

    /// <summary>What the column is to be kept as.</summary>
    /// <param name="wanted">What the upload says it is, or null.</param>
    /// <param name="mistakes">Takes the values that are not what the upload says, and a few among numbers that are none.</param>
    public StoredType Type(ColumnType? wanted, WrittenMistakes mistakes)
    {
        switch (wanted)
        {
            case ColumnType.Category or ColumnType.Text:
                return StoredType.Text;
            case ColumnType.Number:
                AddMistakes(mistakes, NoNumbers, "a number");
                return NumberType(asQuantity: true);
            case ColumnType.Boolean:
                AddMistakes(mistakes, [WrittenKind.OtherNumber, WrittenKind.Quantity, .. NoNumbers.Where(kind => kind != WrittenKind.Boolean)], "true, false, 1 or 0");
                return StoredType.Boolean;
            case ColumnType.DateTime:
                AddMistakes(mistakes, NoDates, ExpectedDate, !IsOrderShown && Count(WrittenKind.OpenDate) + Count(WrittenKind.HiddenDate) > 0 ? DateHelp : "");
                return DateType();
            default:
                return FoundType(mistakes);
        }
    }

    /// <summary>What a person should know of the column, that its values do not show once they are kept.</summary>
    /// <param name="type">What it is kept as.</param>
    /// <param name="isSignKnown">Whether the decimal sign is no guess.</param>
    public ColumnWarning? Hint(StoredType type, bool isSignKnown) => type switch
    {
        StoredType.Real or StoredType.Whole => !isSignKnown && _decimals.IsAmbiguous ? ColumnWarning.AmbiguousDecimal : null,
        not StoredType.Text => null,
        _ when All == 0 => null,
        _ when AnyDates == All => Count(WrittenKind.OpenDate) + Count(WrittenKind.HiddenDate) > 0 ? ColumnWarning.AmbiguousDates : null,
        _ when AnyDates >= LikelyShare * All => ColumnWarning.MostlyDates,
        // Of codes every value is a number, too.
        _ when Readable == All && Count(WrittenKind.OtherSign) == 0 && !IsMixed => _keys.MayBeQuantities(AllNumbers, HasFractions) ? ColumnWarning.MostlyNumbers : null,
        _ => Readable >= LikelyShare * All ? ColumnWarning.MostlyNumbers : null,
    };

    private long AllNumbers => Numbers + Count(WrittenKind.Quantity);

    private bool IsMixed => _styles.AreMixed(AllNumbers);

    private StoredType FoundType(WrittenMistakes mistakes)
    {
        var numbers = AllNumbers;
        var others = All - numbers;
        // Beside texts it is one: of hexadecimal digits, 12e4567 is no number.
        if (Count(WrittenKind.TooLarge) is > 0 and var tooLarge && tooLarge == others)
        {
            AddMistakes(mistakes, [WrittenKind.TooLarge], "a number of at most 1.8e308");
            return StoredType.Text;
        }

        if (Count(WrittenKind.Boolean) is > 0 and var booleans && booleans == others && Count(WrittenKind.Quantity) == 0 && !HasOtherNumbers)
            return StoredType.Boolean;
        if (others == 0)
            return (numbers == 0 && Marks > 0) || IsMixed ? StoredType.Text : NumberType(asQuantity: false);
        if (others <= Math.Max(1, MistakenShare * numbers) && numbers > 0 && !IsMixed)
        {
            AddMistakes(
                mistakes, NoNumbers, "a number",
                $", as the other {numbers} cells of the column are; where it is right as it is, upload with types={Name}:category, "
                + "where it stands for a missing value, with nullValue");
            return StoredType.Text;
        }

        var dates = Count(WrittenKind.Date) + Count(WrittenKind.Time) + (IsOrderShown ? Count(WrittenKind.OpenDate) : 0);
        return dates == All ? DateType() : StoredType.Text;
    }

    private StoredType DateType() => Count(WrittenKind.Time) > 0 || _hasOpenTimes ? StoredType.Time : StoredType.Date;

    private StoredType NumberType(bool asQuantity)
    {
        if (!asQuantity && _keys.AreKeys(AllNumbers, HasFractions))
            return StoredType.Text;
        if (HasFractions)
            return StoredType.Real;
        return _longestInteger > MostDigits ? StoredType.Real : StoredType.Whole;
    }
}
