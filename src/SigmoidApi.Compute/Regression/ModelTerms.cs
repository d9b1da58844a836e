using SigmoidApi.Compute.Preprocessing;

namespace SigmoidApi.Compute.Regression;

/// <summary>A vector of coefficients by raw column, so that raw rows have margins without a design row.</summary>
/// <param name="Numbers">The coefficient of each number column.</param>
/// <param name="Fills">What replaces a missing number.</param>
/// <param name="Indicators">What a missing number adds to the margin in addition to its fill: the coefficient of its indicator, or 0.</param>
/// <param name="Levels">For each category what each code adds to the margin, from <see cref="FittedCategory.UnknownCode"/> on.</param>
internal sealed record ModelTerms(double[] Numbers, double[] Fills, double[] Indicators, double[][] Levels)
{
    /// <exception cref="ArgumentException">The numbers of coefficients and of the preparation's terms differ.</exception>
    public static ModelTerms Of(Preparation preparation, ReadOnlySpan<double> coefficients)
    {
        if (coefficients.Length != preparation.Terms.Count)
            throw new ArgumentException($"There are {preparation.Terms.Count} terms and {coefficients.Length} coefficients.", nameof(coefficients));
        var (numbers, fills, indicators, levels) = (new List<double>(), new List<double>(), new List<double>(), new List<double[]>());
        var target = 0;
        foreach (var column in preparation.Columns)
        {
            var after = target + column.Terms().Count();
            var indicator = column.MissingIndicator ? coefficients[after - 1] : 0;
            if (column is FittedNumber number)
            {
                numbers.Add(coefficients[target]);
                fills.Add(number.Fill);
                indicators.Add(indicator);
            }
            else if (column is FittedCategory category)
            {
                var table = new double[category.EndOfCodes - FittedCategory.UnknownCode];
                for (var k = 0; k < table.Length; k++)
                {
                    var code = k + FittedCategory.UnknownCode;
                    var place = category.ColumnOf(code);
                    table[k] = (place < 0 ? 0 : coefficients[target + place]) + (code == FittedCategory.MissingCode ? indicator : 0);
                }
                levels.Add(table);
            }
            target = after;
        }
        return new ModelTerms([.. numbers], [.. fills], [.. indicators], [.. levels]);
    }

    /// <summary>The place of each row's code in a category's table of levels.</summary>
    /// <exception cref="ArgumentException">
    /// The number of codes is not that of the rows, a code is not one of its category, or a level is unknown and that is an error.
    /// </exception>
    public static void RequireCodes(FittedCategory category, int levels, int[] codes, int rows)
    {
        if (codes.Length != rows)
            throw new ArgumentException($"Expected {rows} codes for '{category.Name}', got {codes.Length}.", nameof(codes));
        var least = category.Unknown == UnknownLevel.Error ? FittedCategory.MissingCode : FittedCategory.UnknownCode;
        var wrong = codes.AsSpan().IndexOfAnyExceptInRange(least, levels + FittedCategory.UnknownCode - 1);
        if (wrong >= 0)
        {
            throw new ArgumentException(codes[wrong] == FittedCategory.UnknownCode
                ? $"Row {wrong}: '{category.Name}' has a level that no training row had."
                : $"Row {wrong}: {codes[wrong]} is not a code of '{category.Name}'.", nameof(codes));
        }
    }
}
