using System.Runtime.InteropServices;
using FluentValidation;
using FluentValidation.Results;
using SigmoidApi.Compute.Simd;
using SigmoidApi.Http.Json;
using SigmoidApi.Tables.Cells;

namespace SigmoidApi.Http;

/// <summary>Validation rules for numbers; each checks all values in one loop.</summary>
/// <remarks>
/// An invalid element is reported by a <see cref="ValidationFailure"/> with the whole path: AddFailure(name, message) would repeat a nested validator's
/// own path.
/// </remarks>
internal static class NumberRules
{
    /// <summary>At least one row and one column, and only finite numbers.</summary>
    public static void Rows<T>(this IRuleBuilderInitial<T, Matrix> rule) =>
        rule.Custom((matrix, context) =>
        {
            if (matrix.Rows == 0 || matrix.Columns == 0)
            {
                context.AddFailure("expected at least one row of at least one number");
                return;
            }

            var bad = FiniteCheck.IndexOfNonFinite<double>(matrix.Values);
            if (bad >= 0)
            {
                context.AddFailure(new ValidationFailure(
                    $"{context.PropertyPath}[{bad / matrix.Columns}][{bad % matrix.Columns}]", $"expected a finite number, got {matrix.Values[bad]}"));
            }
        });

    /// <summary>A 0 or a 1 for each row.</summary>
    public static void LabelsFor<T>(this IRuleBuilderInitial<T, double[]> rule, Func<T, int> rows) =>
        rule.Custom((labels, context) => Each(
            labels, rows(context.InstanceToValidate), "a label", "rows", label => label is 0 or 1,
            "0 or 1 (of more than two classes, 1 for one and 0 for the others)", context));

    /// <summary>Null, or a finite number of at least 0 for each row.</summary>
    public static void RowWeightsFor<T>(this IRuleBuilderInitial<T, double[]?> rule, Func<T, int> rows) =>
        rule.Custom((weights, context) =>
            Each(weights, rows(context.InstanceToValidate), "a weight", "rows", IsWeight, "a finite number of at least 0", context));

    /// <summary>Null, or a number from 0 to 1 for each row.</summary>
    public static void ProbabilitiesFor<T>(this IRuleBuilderInitial<T, double[]?> rule, Func<T, int> rows) =>
        rule.Custom((values, context) =>
            Each(values, rows(context.InstanceToValidate), "a probability", "rows", IsProbability, "a number from 0 to 1", context));

    /// <summary>A label for each row; numbers are finite.</summary>
    public static void LabelsFor<T>(this IRuleBuilderInitial<T, Labels> rule, Func<T, int> rows) =>
        rule.Custom((labels, context) =>
        {
            Each(labels.Values, rows(context.InstanceToValidate), "a label", "rows", double.IsFinite, "a finite number", context);
            if (labels.Texts?.FirstOrDefault(text => text.Length > ShownText.MostCharacters) is { } text)
            {
                context.AddFailure(
                    $"expected texts of at most {ShownText.MostCharacters} characters, which every prediction repeats, got one of {text.Length}");
            }
        });

    /// <summary>Null, or a finite number for each row.</summary>
    public static void ClustersFor<T>(this IRuleBuilderInitial<T, double[]?> rule, Func<T, int> rows) =>
        rule.Custom((clusters, context) => Each(clusters, rows(context.InstanceToValidate), "a cluster", "rows", double.IsFinite, "a finite number", context));

    /// <summary>A finite number for each column.</summary>
    public static void WeightsFor<T>(this IRuleBuilderInitial<T, double[]> rule, Func<T, int> columns) =>
        rule.Custom((weights, context) =>
            Each(weights, columns(context.InstanceToValidate), "a weight", "columns", double.IsFinite, "a finite number", context));

    /// <summary>Null, or at least one number, each different and accepted by <paramref name="holds"/>.</summary>
    public static void RequireDistinct<T>(double[]? values, Predicate<double> holds, string expected, ValidationContext<T> context)
    {
        if (values is null)
            return;
        if (values.Length == 0)
            context.AddFailure("expected at least one number, got none");
        Each(values, values.Length, "", "", holds, expected, context);
        if (values.Distinct().Count() < values.Length)
            context.AddFailure("expected each number once");
    }

    public static void Finite<T>(this IRuleBuilder<T, double> rule) =>
        rule.Must(double.IsFinite).WithMessage("expected a finite number, got {PropertyValue}");

    public static void Positive<T>(this IRuleBuilder<T, double> rule) =>
        rule.Must(IsPositive).WithMessage("expected a finite number above 0, got {PropertyValue}");

    public static void Probability<T>(this IRuleBuilder<T, double> rule) =>
        rule.Must(IsProbability).WithMessage(ExpectedProbability + ", got {PropertyValue}");

    /// <summary>Null, or a number from 0 to 1.</summary>
    public static void Probability<T>(this IRuleBuilder<T, double?> rule) =>
        rule.Must(value => value is null || IsProbability(value.Value)).WithMessage(ExpectedProbability + ", got {PropertyValue}");

    public static bool IsPositive(double value) => double.IsFinite(value) && value > 0;

    public static bool IsWeight(double value) => double.IsFinite(value) && value >= 0;

    public const string ExpectedProbability = "expected a number from 0 to 1";

    public static bool IsProbability(double value) => value is >= 0 and <= 1;

    public static int IndexOfInfinite(ReadOnlySpan<double> values) =>
        // Compares bits, several values per instruction.
        MemoryMarshal.Cast<double, long>(values)
            .IndexOfAny(BitConverter.DoubleToInt64Bits(double.PositiveInfinity), BitConverter.DoubleToInt64Bits(double.NegativeInfinity));

    private static void Each<T>(double[]? values, int count, string one, string of, Predicate<double> holds, string expected, ValidationContext<T> context)
    {
        if (values is null)
            return;
        if (values.Length != count)
            context.AddFailure($"expected {one} for each of the {count} {of}, got {values.Length}");
        var bad = Array.FindIndex(values, value => !holds(value));
        if (bad >= 0)
            context.AddFailure(new ValidationFailure($"{context.PropertyPath}[{bad}]", $"expected {expected}, got {values[bad]}"));
    }
}
