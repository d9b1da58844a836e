namespace SigmoidApi.Tables.Cells;

/// <summary>What a value of a column can be.</summary>
internal enum WrittenKind
{
    /// <summary>Digits, a sign, a fraction, an exponent.</summary>
    Number,

    /// <summary>Of those numbers, the ones that are neither 0 nor 1.</summary>
    OtherNumber,

    /// <summary>A number with thousands, a currency and the like; <see cref="WrittenNumber"/>.</summary>
    Quantity,

    /// <summary>A number with the other decimal sign.</summary>
    OtherSign,

    Boolean,
    Date,

    /// <summary>A date and a time.</summary>
    Time,

    /// <summary>A date as 01/31/2024: the column's values may show in which order it is.</summary>
    OpenDate,

    /// <summary>A number beyond what float64 holds.</summary>
    TooLarge,

    /// <summary>A date as 24-11-05, whose order values do not show, or one that is none in the order that is known.</summary>
    HiddenDate,

    Text,
}
