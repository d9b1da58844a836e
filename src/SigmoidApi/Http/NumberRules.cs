using FluentValidation;
using FluentValidation.Results;
using SigmoidApi.Http.Json;

namespace SigmoidApi.Http;

/// <summary>Validation rules for numbers; each looks at all values in one loop.</summary>
/// <remarks>A failure of an element is a <see cref="ValidationFailure"/> of the whole path: AddFailure(name, message) would put a nested validator's own path before it again.</remarks>
internal static class NumberRules
{
    /// <summary>At least one row and column, all finite.</summary>
    public static void Rows<T>(this IRuleBuilderInitial<T, Matrix> rule) =>
        rule.Custom((matrix, context) =>
        {
            if (matrix.Rows == 0 || matrix.Columns == 0)
            {
                context.AddFailure("expected at least one row of at least one number");
                return;
            }

            var bad = IndexOfNonFinite(matrix.Values);
            if (bad >= 0)
                context.AddFailure(new ValidationFailure($"{context.PropertyPath}[{bad / matrix.Columns}][{bad % matrix.Columns}]", $"expected a finite number, got {matrix.Values[bad]}"));
        });

    /// <summary>A 0 or a 1 for each row.</summary>
    public static void LabelsFor<T>(this IRuleBuilderInitial<T, double[]> rule, Func<T, int> rows) =>
        rule.Custom((labels, context) =>
        {
            var expected = rows(context.InstanceToValidate);
            if (labels.Length != expected)
                context.AddFailure($"expected a label for each of the {expected} rows, got {labels.Length}");
            var bad = Array.FindIndex(labels, label => label is not (0 or 1));
            if (bad >= 0)
                context.AddFailure(new ValidationFailure($"{context.PropertyPath}[{bad}]", $"expected 0 or 1, got {labels[bad]}"));
        });

    /// <summary>A finite number for each column.</summary>
    public static void WeightsFor<T>(this IRuleBuilderInitial<T, double[]> rule, Func<T, int> columns) =>
        rule.Custom((weights, context) =>
        {
            var expected = columns(context.InstanceToValidate);
            if (weights.Length != expected)
                context.AddFailure($"expected a weight for each of the {expected} columns, got {weights.Length}");
            var bad = IndexOfNonFinite(weights);
            if (bad >= 0)
                context.AddFailure(new ValidationFailure($"{context.PropertyPath}[{bad}]", $"expected a finite number, got {weights[bad]}"));
        });

    public static void Finite<T>(this IRuleBuilder<T, double> rule) =>
        rule.Must(double.IsFinite).WithMessage("expected a finite number, got {PropertyValue}");

    public static void Positive<T>(this IRuleBuilder<T, double> rule) =>
        rule.Must(value => double.IsFinite(value) && value > 0).WithMessage("expected a finite number above 0, got {PropertyValue}");

    public static void Probability<T>(this IRuleBuilder<T, double> rule) =>
        rule.Must(value => value is >= 0 and <= 1).WithMessage("expected a number from 0 to 1, got {PropertyValue}");

    public static int IndexOfNonFinite(ReadOnlySpan<double> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
                return i;
        }

        return -1;
    }
}
