namespace SigmoidApi.Tables.Cells;

/// <content>What the counted values mean for the column: its type, its mistakes and its warning.</content>
internal sealed partial class WrittenColumn
{
    private const string DateHelp = ", or dates=dmy, mdy or ymd for dates as 01/02/2024";

    private static readonly WrittenKind[] NotNumbers =
    [
        WrittenKind.OtherSign, WrittenKind.Boolean, WrittenKind.Date, WrittenKind.Time, WrittenKind.OpenDate, WrittenKind.HiddenDate, WrittenKind.TooLarge,
        WrittenKind.Text,
    ];

    private IEnumerable<WrittenKind> NotDates
    {
        get
        {
            WrittenKind[] always =
            [
                WrittenKind.Number, WrittenKind.Quantity, WrittenKind.OtherSign, WrittenKind.Boolean, WrittenKind.HiddenDate, WrittenKind.TooLarge,
                WrittenKind.Text,
            ];
            return IsOrderShown ? always : always.Append(WrittenKind.OpenDate);
        }
    }

    /// <summary>Decides the type that the column is stored with.</summary>
    /// <param name="wanted">The type that the upload says, or null.</param>
    /// <param name="mistakes">Receives the values that do not have the type of the upload, and the few other values in a column of numbers.</param>
    public StoredType Type(ColumnType? wanted, WrittenMistakes mistakes)
    {
        switch (wanted)
        {
            case ColumnType.Category or ColumnType.Text:
                return StoredType.Text;
            case ColumnType.Number:
                AddMistakes(mistakes, NotNumbers, "a number");
                return NumberType(asQuantity: true);
            case ColumnType.Boolean:
                AddMistakes(
                    mistakes,
                    [WrittenKind.OtherNumber, WrittenKind.Quantity, .. NotNumbers.Where(kind => kind != WrittenKind.Boolean)],
                    "true, false, 1 or 0");
                return StoredType.Boolean;
            case ColumnType.DateTime:
                AddMistakes(mistakes, NotDates, ExpectedDate, !IsOrderShown && Count(WrittenKind.OpenDate) + Count(WrittenKind.HiddenDate) > 0 ? DateHelp : "");
                return DateType();
            default:
                return FoundType(mistakes);
        }
    }

    /// <summary>A warning about how the column was written, which the stored values no longer show; null if there is none.</summary>
    /// <param name="type">The type that the column is stored with.</param>
    /// <param name="isSignKnown">Whether the decimal sign is known, not guessed.</param>
    public ColumnWarning? Hint(StoredType type, bool isSignKnown) => type switch
    {
        StoredType.Real or StoredType.Whole => !isSignKnown && _decimals.IsAmbiguous ? ColumnWarning.AmbiguousDecimal : null,
        not StoredType.Text => null,
        _ when All == 0 => null,
        _ when AnyDates == All => Count(WrittenKind.OpenDate) + Count(WrittenKind.HiddenDate) > 0 ? ColumnWarning.AmbiguousDates : null,
        _ when AnyDates >= LikelyShare * All => ColumnWarning.MostlyDates,
        // In a column of keys every value can be a number, too.
        _ when Readable == All && Count(WrittenKind.OtherSign) == 0 && !IsMixed =>
            _keys.MayBeQuantities(AllNumbers, HasFractions) ? ColumnWarning.MostlyNumbers : null,
        _ => Readable >= LikelyShare * All ? ColumnWarning.MostlyNumbers : null,
    };

    private long AllNumbers => Numbers + Count(WrittenKind.Quantity);

    private bool IsMixed => _styles.AreMixed(AllNumbers);

    private StoredType FoundType(WrittenMistakes mistakes)
    {
        var numbers = AllNumbers;
        var others = All - numbers;
        // Among texts a number that is too large is a text: 12e4567 may be hexadecimal digits.
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
                mistakes, NotNumbers, "a number",
                $", as in the other {numbers} cells of the column (if the value is right, upload with types={Name}:category; if it means a missing value, "
                + "name it in nullValue)");
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
