namespace SigmoidApi.Tables.Cells;

/// <summary>What has to be known to read a value that can be written in two ways.</summary>
/// <param name="DecimalPoint">Between whole and fraction: a point or a comma.</param>
/// <param name="Dates">The order of day, month and year in dates as <c>01/02/2024</c>; null where it is not known, and such dates can't be read.</param>
public sealed record WrittenConvention(char DecimalPoint = '.', DateOrder? Dates = null)
{
    public static WrittenConvention Default { get; } = new();
}
