namespace SigmoidApi.Tables;

/// <summary>In which order a date has its day, month and year, where its form does not say so: <c>01/02/2024</c>.</summary>
public enum DateOrder
{
    /// <summary>Day, month, year.</summary>
    Dmy,

    /// <summary>Month, day, year.</summary>
    Mdy,

    /// <summary>Year, month, day.</summary>
    Ymd,
}
