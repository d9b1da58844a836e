using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Regression;

namespace SigmoidApi.Compute.Explanation;

/// <summary>
/// What each raw column adds to the log-odds of a row, against the mean of the training rows: Σ over its design columns of coefficient·(value − mean). It is
/// the Shapley value of the column (S. M. Lundberg and S.-I. Lee, "A unified approach to interpreting model predictions", 2017), which for a linear model has
/// this closed form. The baseline, the mean log-odds of the training rows, and all contributions add up to the row's log-odds.
/// </summary>
public sealed class Contributions
{
    private readonly Part[] _parts;

    /// <param name="preparation">How raw columns become design columns.</param>
    /// <param name="intercept">The model's intercept.</param>
    /// <param name="coefficients">One for each design column.</param>
    /// <param name="termMeans">The mean of each design column over the training rows.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public Contributions(Preparation preparation, double intercept, ReadOnlySpan<double> coefficients, IReadOnlyList<double> termMeans)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(termMeans.Count, preparation.Terms.Count, nameof(termMeans));
        var terms = ModelTerms.Of(preparation, coefficients);
        var (term, number, category) = (0, 0, 0);
        _parts = new Part[preparation.Columns.Count];
        Baseline = intercept;
        for (var j = 0; j < _parts.Length; j++)
        {
            var mean = 0.0;
            for (var end = term + preparation.Columns[j].Terms().Count(); term < end; term++)
                mean += coefficients[term] * termMeans[term];
            Baseline += mean;
            if (preparation.Columns[j] is FittedCategory)
            {
                _parts[j] = new(category, 0, 0, [.. terms.Levels[category].Select(value => value - mean)]);
                category++;
                continue;
            }

            // b·(x − m) instead of b·x − b·m, which would cancel where the mean is much larger than the deviation.
            var (b, fill, indicator) = (terms.Numbers[number], terms.Fills[number], terms.Indicators[number]);
            var center = termMeans[term - preparation.Columns[j].Terms().Count()];
            var ofIndicator = mean - b * center;
            var shift = preparation.Columns[j].MissingIndicator ? -ofIndicator : 0;
            _parts[j] = new(number, b, center, null) { Shift = shift, Missing = fill, Indicator = indicator };
            number++;
        }
        (Numbers, Categories) = (number, category);
    }

    /// <summary>The mean log-odds of the training rows.</summary>
    public double Baseline { get; }

    /// <summary>The number of raw columns: the contributions of a row.</summary>
    public int Columns => _parts.Length;

    private int Numbers { get; }

    private int Categories { get; }

    /// <summary>Explains n rows.</summary>
    /// <param name="numbers">
    /// Row-major, n × number columns, NaN where a value is missing. A filled value is as good: it has the same contribution but for an indicator's.
    /// </param>
    /// <param name="codes">For each category n codes, as <see cref="FittedCategory.CodeOf"/> gives them.</param>
    /// <param name="contributions">Receives n × columns, row-major, in the order of the raw columns.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public void Explain(ReadOnlySpan<double> numbers, IReadOnlyList<int[]> codes, Span<double> contributions)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(codes.Count, Categories, nameof(codes));
        var rows = contributions.Length / Columns;
        ArgumentOutOfRangeException.ThrowIfNotEqual(numbers.Length, rows * Numbers, nameof(numbers));
        for (var i = 0; i < rows; i++)
        {
            var row = numbers.Slice(i * Numbers, Numbers);
            var target = contributions.Slice(i * Columns, Columns);
            for (var j = 0; j < target.Length; j++)
            {
                ref readonly var part = ref _parts[j];
                if (part.Levels is { } levels)
                    target[j] = levels[codes[part.Index][i] - FittedCategory.UnknownCode];
                else if (double.IsNaN(row[part.Index]))
                    target[j] = part.Coefficient * (part.Missing - part.Center) + part.Indicator + part.Shift;
                else
                    target[j] = part.Coefficient * (row[part.Index] - part.Center) + part.Shift;
            }
        }
    }

    /// <param name="Index">The place among the number columns or the categories.</param>
    /// <param name="Coefficient">The coefficient of a number.</param>
    /// <param name="Center">The mean of a number.</param>
    /// <param name="Levels">For each code of a category its contribution; null for a number.</param>
    private readonly record struct Part(int Index, double Coefficient, double Center, double[]? Levels)
    {
        /// <summary>What the indicator of missing values adds to a row that has a value.</summary>
        public double Shift { get; init; }

        /// <summary>What replaces a missing number.</summary>
        public double Missing { get; init; }

        /// <summary>The coefficient of the indicator.</summary>
        public double Indicator { get; init; }
    }
}
