namespace SigmoidApi.Tables.Cells;

/// <summary>The kinds of values in a column.</summary>
internal enum WrittenKind
{
    /// <summary>A plain number: a sign, digits, a fraction, an exponent.</summary>
    Number,

    /// <summary>A plain number other than 0 and 1; counted as <see cref="Number"/> too.</summary>
    OtherNumber,

    /// <summary>A number with thousands separators, a currency or the like; see <see cref="WrittenNumber"/>.</summary>
    Quantity,

    /// <summary>A number that can be read only with the other decimal sign.</summary>
    OtherSign,

    Boolean,
    Date,

    /// <summary>A date and a time.</summary>
    Time,

    /// <summary>A date such as 01/31/2024. The column's values together may show its order.</summary>
    OpenDate,

    /// <summary>A number beyond the range of float64.</summary>
    TooLarge,

    /// <summary>A date such as 24-11-05, whose order the column's values can't show, or a date that is invalid in the known order.</summary>
    HiddenDate,

    Text,
}
