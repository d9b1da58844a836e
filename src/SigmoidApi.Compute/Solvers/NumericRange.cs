using SigmoidApi.Compute.Data;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Solvers;

/// <summary>Checks that the results of a pass are within float64's range.</summary>
internal static class NumericRange
{
    public const string Code = "numeric_range_exceeded";

    public static bool IsFinite(double value, ReadOnlySpan<double> vector) =>
        double.IsFinite(value) && FiniteCheck.IndexOfNonFinite(vector) < 0;

    /// <exception cref="UntrainableDataException"><c>numeric_range_exceeded</c></exception>
    public static void RequireFinite(double value, ReadOnlySpan<double> vector)
    {
        if (!IsFinite(value, vector))
            throw Exceeded();
    }

    public static UntrainableDataException Exceeded() => new(Code,
        "The loss, its derivatives or the coefficients leave float64's range; standardise or rescale the columns, or start from smaller weights.");
}
