namespace SigmoidApi.Datasets;

/// <summary>
/// What a column holds. <c>Type</c> is <c>boolean</c> when every value is 0 or 1, else <c>number</c>; <c>Distinct</c> counts the different values exactly
/// (0 and -0 are one); <c>StandardDeviation</c> is the population's: its divisor is the number of rows.
/// </summary>
public sealed record ColumnProfile(
    string Name, string Type, long Missing, long Distinct, double Minimum, double Maximum, double Mean, double StandardDeviation)
{
    public const string Number = "number";
    public const string Boolean = "boolean";
}
