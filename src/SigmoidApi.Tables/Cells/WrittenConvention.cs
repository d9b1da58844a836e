namespace SigmoidApi.Tables.Cells;

/// <summary>How to read ambiguous values.</summary>
/// <param name="DecimalPoint">The decimal sign: a point or a comma.</param>
/// <param name="Dates">The order of day, month and year in dates such as <c>01/02/2024</c>; null if unknown: then such dates can't be read.</param>
public sealed record WrittenConvention(char DecimalPoint = '.', DateOrder? Dates = null)
{
    public static WrittenConvention Default { get; } = new();
}
