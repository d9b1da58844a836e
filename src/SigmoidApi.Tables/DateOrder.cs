namespace SigmoidApi.Tables;

/// <summary>The order of day, month and year in a date whose form does not show it, such as <c>01/02/2024</c>.</summary>
public enum DateOrder
{
    /// <summary>Day, month, year.</summary>
    Dmy,

    /// <summary>Month, day, year.</summary>
    Mdy,

    /// <summary>Year, month, day.</summary>
    Ymd,
}
