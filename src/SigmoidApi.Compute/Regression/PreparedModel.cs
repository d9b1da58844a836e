using SigmoidApi.Compute.Activations;
using SigmoidApi.Compute.Preprocessing;
using SigmoidApi.Compute.Simd;

namespace SigmoidApi.Compute.Regression;

/// <summary>
/// A model with the preparation that it was fitted with, to serve raw rows: numbers as they come, and of each category the codes of its levels
/// (<see cref="FittedCategory.CodeOf"/>). No design row is ever formed: a level's coefficient is looked up. Immutable, and safe to use from many threads.
/// </summary>
public sealed class PreparedModel
{
    /// <summary>Of the number columns alone; null where there are none.</summary>
    private readonly LogisticModel? _numbers;
    private readonly double[] _fills;

    /// <summary>What a missing number adds beside its fill: its indicator's coefficient, or 0.</summary>
    private readonly double[] _ofMissing;
    private readonly FittedCategory[] _categories;

    /// <summary>For each category what each code adds, from <see cref="FittedCategory.UnknownCode"/> on.</summary>
    private readonly double[][] _ofCodes;

    /// <exception cref="ArgumentException">The model has not one coefficient for each of the preparation's terms.</exception>
    public PreparedModel(Preparation preparation, LogisticModel model)
    {
        ArgumentNullException.ThrowIfNull(preparation);
        ArgumentNullException.ThrowIfNull(model);
        if (model.Coefficients.Length != preparation.Terms.Count)
            throw new ArgumentException($"There are {preparation.Terms.Count} terms and {model.Coefficients.Length} coefficients.", nameof(model));
        (Preparation, Model) = (preparation, model);
        var (coefficients, fills, ofMissing, ofCodes) = (new List<double>(), new List<double>(), new List<double>(), new List<double[]>());
        var target = 0;
        foreach (var column in preparation.Columns)
        {
            var after = target + column.Terms().Count();
            var indicator = column.MissingIndicator ? model.Coefficients[after - 1] : 0;
            if (column is FittedNumber number)
            {
                coefficients.Add(model.Coefficients[target]);
                fills.Add(number.Fill);
                ofMissing.Add(indicator);
            }
            else if (column is FittedCategory category)
            {
                var table = new double[category.EndOfCodes - FittedCategory.UnknownCode];
                for (var k = 0; k < table.Length; k++)
                {
                    var code = k + FittedCategory.UnknownCode;
                    var place = category.ColumnOf(code);
                    table[k] = (place < 0 ? 0 : model.Coefficients[target + place]) + (code == FittedCategory.MissingCode ? indicator : 0);
                }
                ofCodes.Add(table);
            }
            target = after;
        }
        _numbers = coefficients.Count == 0 ? null : new LogisticModel(model.Intercept, [.. coefficients]);
        (_fills, _ofMissing, _ofCodes) = ([.. fills], [.. ofMissing], [.. ofCodes]);
        _categories = [.. preparation.Columns.OfType<FittedCategory>()];
    }

    public Preparation Preparation { get; }

    /// <summary>Of the design columns.</summary>
    public LogisticModel Model { get; }

    /// <summary>Margins (log-odds) of n rows: intercept + numbersᵀcoefficients + the coefficient of each category's level.</summary>
    /// <param name="numbers">Row-major, n × number columns, NaN where a value is missing, which its fill is written over.</param>
    /// <param name="codes">For each category n codes, as <see cref="FittedCategory.CodeOf"/> gives them.</param>
    /// <param name="margins">Of length n.</param>
    /// <exception cref="ArgumentException">
    /// Lengths don't fit, a code is none of its category's, or a level is unknown where that is an error (<see cref="UnknownLevel.Error"/>).
    /// </exception>
    public void PredictMargins(Span<double> numbers, IReadOnlyList<int[]> codes, Span<double> margins)
    {
        ArgumentNullException.ThrowIfNull(codes);
        if (codes.Count != _categories.Length)
            throw new ArgumentException($"There are {_categories.Length} categories and codes of {codes.Count}.", nameof(codes));
        if (_numbers is not null)
            AddNumbers(_numbers, numbers, margins);
        else if (numbers.IsEmpty)
            margins.Fill(Model.Intercept);
        else
            throw new ArgumentException($"Expected no numbers, got {numbers.Length}.", nameof(numbers));
        for (var c = 0; c < _categories.Length; c++)
            AddCategory(_categories[c], _ofCodes[c], codes[c], margins);
    }

    /// <summary>
    /// Probabilities of label 1, as <see cref="PredictMargins"/> in all else. For a model of numbers the bits are those of
    /// <see cref="LogisticModel.PredictProbabilities"/>.
    /// </summary>
    /// <exception cref="ArgumentException">As there.</exception>
    public void PredictProbabilities(Span<double> numbers, IReadOnlyList<int[]> codes, Span<double> probabilities)
    {
        PredictMargins(numbers, codes, probabilities);
        Elementwise.Apply<Sigmoid.Function, double>(probabilities, probabilities, []);
    }

    private void AddNumbers(LogisticModel model, Span<double> numbers, Span<double> margins)
    {
        model.PredictMargins(numbers, margins);
        for (var i = 0; i < margins.Length; i++)
        {
            // A row with a NaN has no other margin, so that rows without one are not looked through.
            if (!double.IsNaN(margins[i]))
                continue;
            var row = numbers.Slice(i * _fills.Length, _fills.Length);
            var ofMissing = 0.0;
            for (var k = 0; k < row.Length; k++)
            {
                if (double.IsNaN(row[k]))
                    (row[k], ofMissing) = (_fills[k], ofMissing + _ofMissing[k]);
            }
            model.PredictMargins(row, margins.Slice(i, 1));
            margins[i] += ofMissing;
        }
    }

    private static void AddCategory(FittedCategory category, double[] ofCodes, int[] codes, Span<double> margins)
    {
        if (codes.Length != margins.Length)
            throw new ArgumentException($"Expected {margins.Length} codes of '{category.Name}', got {codes.Length}.", nameof(codes));
        var unknownIsError = category.Unknown == UnknownLevel.Error;
        for (var i = 0; i < codes.Length; i++)
        {
            var place = codes[i] - FittedCategory.UnknownCode;
            if ((uint)place >= (uint)ofCodes.Length || (place == 0 && unknownIsError))
            {
                throw new ArgumentException(place == 0 ? $"Row {i}: '{category.Name}' has a level that no row fitted to had."
                    : $"Row {i}: {codes[i]} is no code of '{category.Name}'.", nameof(codes));
            }
            margins[i] += ofCodes[place];
        }
    }
}
